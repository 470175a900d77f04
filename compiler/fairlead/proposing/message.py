"""The message of a proposal's commit: what moved, what that does, and, last, the preview's verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from fairlead.preview.model import Preview, Severity
from fairlead.source.render.sources import printable

WIDTH: Final = 100
SHOWN: Final = 12
"""Effects that a message lists; the preview has all."""


def message(title: str, said: str, approval: Sequence[str], preview: Preview | None) -> str:
    """The whole text. Without a preview it is what a commit begins as, before there is anything to compare."""
    paragraphs = [title, "\n".join(_wrapped(line) for line in said.splitlines())]
    if approval:
        paragraphs.append(f"To be approved by {', '.join(approval)}.")
    if preview is not None:
        found = effects(preview)
        if found:
            paragraphs.append("\n".join(_wrapped(f"- {line}", "  ") for line in found))
        paragraphs.append(_wrapped(f"Preview: {preview.verdict}", "  "))
    return "".join(f"{printable(line)}\n" for line in "\n\n".join(paragraphs).split("\n"))


def effects(preview: Preview) -> list[str]:
    """What the change does, the worst first and without what is only worth a notice."""
    found = [
        f"{about}: {effect.message}"
        for severity in Severity
        if severity is not Severity.NOTICE
        for about, effect in preview.together(severity)
    ]
    more = len(found) - SHOWN
    return [*found[:SHOWN], *([f"{more} more"] if more > 0 else [])]


def _wrapped(line: str, indent: str = "") -> str:
    return "\n".join(
        textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    )
