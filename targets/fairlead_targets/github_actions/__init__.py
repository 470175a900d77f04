"""The target `github-actions`: workflows that validate, preview, check, build and propose."""

from __future__ import annotations

from fairlead_targets.github_actions.target import GitHubActions

__all__ = ["GitHubActions"]
