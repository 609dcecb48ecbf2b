"""okrsync keeps OKRs true: work in Jira and GitHub moves key results, and the tickets say so."""

__version__ = "0.1.0"

CONFIG_VARIABLE = "OKRSYNC_CONFIG"
"""Names the configuration file where ``--config`` does not."""
