"""okrsync keeps OKRs true: work in Jira and GitHub moves key results, and the tickets say so."""

__version__ = "0.1.0"
