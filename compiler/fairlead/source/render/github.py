"""Diagnostics as workflow commands of GitHub Actions, which shows them as annotations on the lines of a pull request.

Source: "Workflow commands for GitHub Actions" in GitHub's documentation, and for the escapes the runner's and the
toolkit's `command.ts`.
"""

from __future__ import annotations

from typing import Final

from fairlead.source.diagnostics import Diagnostic, Severity
from fairlead.source.render.sources import advice, printable

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(diagnostics: list[Diagnostic]) -> str:
    """One command a line; nothing where there are no findings, because the log has its own summary."""
    return "".join(f"{_command(found)}\n" for found in diagnostics)


def _command(found: Diagnostic) -> str:
    place = found.place
    properties: dict[str, str | int] = {"file": place.file, "line": place.line}
    if place.line == place.end_line:
        # GitHub takes columns only for an annotation on one line, and counts the last one in.
        properties["col"] = place.column
        properties["endLine"] = place.end_line
        properties["endColumn"] = max(place.column, place.end_column - 1)
    else:
        properties["endLine"] = place.end_line
    properties["title"] = f"{found.code.id} {found.code.title}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    said = [found.message, *(line for sentence in advice(found) for line in sentence.split("\n")), *_related(found)]
    text = "\n".join(printable(line) for line in said)
    return f"::{_COMMANDS[found.level]} {written}::{_data(text)}"


def _related(found: Diagnostic) -> list[str]:
    return [f"{related.place}: {related.message}" for related in found.related]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return printable(_data(text)).replace(":", "%3A").replace(",", "%2C")
