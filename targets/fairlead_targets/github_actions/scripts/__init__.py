"""The scripts of the workflows, as files: tests run them, ShellCheck reads them, and workflows hold their text."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(*names: str) -> str:
    """The text of one or several scripts, one behind the other, without the lines that are for ShellCheck."""
    parts = [(files(__name__) / f"{name}.sh").read_text(encoding="utf-8") for name in names]
    lines = [line for part in parts for line in part.splitlines() if not line.startswith("# shellcheck ")]
    return "\n".join(lines).strip() + "\n"
