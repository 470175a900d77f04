"""Diagnostics for people and for programs.

`render` is the one door: text for a terminal, JSON for scripts, workflow commands for GitHub Actions, and SARIF for
code scanning. All of them are functions of the diagnostics and the sources alone, so the same findings give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from fairlead.source.diagnostics import Diagnostic, in_order
from fairlead.source.render.sources import Sources

__all__ = ["Format", "Sources", "render"]


class Format(StrEnum):
    """How diagnostics are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def render(
    diagnostics: Iterable[Diagnostic], sources: Sources, output: Format | str = Format.TEXT, *, color: bool = False
) -> str:
    """`diagnostics` in the format `output`, in order and each once, ending with a newline.

    `sources` gives the text of a file by the name that places carry, or None where it is not known; `dict.get` fits.
    Only text shows lines of it. `color` adds ANSI escapes, to text alone. Raises ValueError for an unknown format.
    """
    findings = in_order(list(diagnostics))
    match Format(output):
        case Format.TEXT:
            from fairlead.source.render.text import render_text

            return render_text(findings, sources, color=color)
        case Format.JSON:
            from fairlead.source.render.json import render_json

            return render_json(findings)
        case Format.GITHUB:
            from fairlead.source.render.github import render_github

            return render_github(findings)
        case Format.SARIF:
            from fairlead.source.render.sarif import render_sarif

            return render_sarif(findings)
