"""Paths that mean one file or folder to every shell, filter and program."""

from __future__ import annotations

import re
from typing import Final

from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place
from fairlead_targets.github_actions.codes import EXPRESSION, UNSAFE_PATH
from fairlead_targets.github_actions.expressions import OPENING

_SAFE: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*")


def is_safe(path: str) -> bool:
    """Whether `path` leads from the root of the repository to something in it, and has no character that is a sign."""
    return _SAFE.fullmatch(path) is not None and ".." not in path.split("/")


def path_findings(path: str, place: Place, what: str) -> list[Diagnostic]:
    """What is wrong with a path that a workflow is to name; `what` says what it is the path of."""
    if is_safe(path):
        return []
    if OPENING in path:
        message = f"GitHub would evaluate `{path[:80]}`, the path of {what}"
        return [Diagnostic(EXPRESSION, place, message, f"write a path without `{OPENING}`")]
    message = f"`{path[:80]}`, the path of {what}, is none that a workflow can name"
    help_ = "write it from the root of the repository, with letters, digits, `.`, `_` and `-`"
    return [Diagnostic(UNSAFE_PATH, place, message, help_)]
