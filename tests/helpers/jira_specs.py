"""Where Atlassian's own descriptions of Jira's APIs are: in OKRSYNC_JIRA_SPECS, else beside the repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

FILES = {"Cloud": "jira-cloud-v3.json", "Server": "jira-dc-10.3.json"}
"""By the deployment type that each product tells of itself."""

MISSING = "Atlassian's API descriptions are neither in OKRSYNC_JIRA_SPECS nor beside the repository"


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Need not exist."""
    named = environ.get("OKRSYNC_JIRA_SPECS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "specs"
