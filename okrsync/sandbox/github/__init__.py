"""A small, honest GitHub."""

from okrsync.sandbox.github.routes import github_app
from okrsync.sandbox.github.state import GitHubState

__all__ = ["GitHubState", "github_app"]
