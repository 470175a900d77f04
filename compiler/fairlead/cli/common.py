"""What commands share: finding the project, choosing specifications, and saying what was found."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from fairlead.cli.completion import environments
from fairlead.source.diagnostics import Diagnostic, Refused, has_errors, in_order
from fairlead.source.places import Place

if TYPE_CHECKING:
    from fairlead.workspace.load import Workspace

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("text", "json", "github", "sarif")


def project_option(function: F) -> F:
    """`--project`: where fairlead.yaml is."""
    return click.option(
        "--project",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        help="The folder of fairlead.yaml; this one or the nearest above it otherwise.",
    )(function)


def format_option(function: F) -> F:
    """`--format` of diagnostics."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How findings are printed.",
    )(function)


def environment_option(function: F) -> F:
    """`--environment`, as often as wanted."""
    return click.option(
        "--environment",
        "-e",
        "environments",
        multiple=True,
        shell_complete=environments,
        help="Only this environment; repeatable.",
    )(function)


def cache_option(function: F) -> F:
    """`--no-cache`."""
    return click.option(
        "--no-cache", is_flag=True, help="Neither use nor keep what earlier runs found; the result is the same."
    )(function)


def colour(stream: Any) -> bool:
    """Whether a stream is a terminal that wants colour (https://no-color.org); one that is closed is None, and none."""
    return (
        stream is not None
        and bool(stream.isatty())
        and "NO_COLOR" not in os.environ
        and os.environ.get("TERM") != "dumb"
    )


def open_project(project: Path | None) -> Path:
    """The project's root, or exit 1 with a diagnostic.

    Where a command was interrupted while it wrote, what it had decided is finished first: locks are part of it, and
    nobody may read the one of before beside the output of after.
    """
    from fairlead.output.lock import JOURNAL, WORK
    from fairlead.workspace import codes
    from fairlead.workspace.discover import PROJECT_FILE, project_root

    start = project or Path.cwd()
    root = project_root(start) if project is None else (start.resolve() if (start / PROJECT_FILE).is_file() else None)
    if root is None:
        message = (
            f"there is no {PROJECT_FILE} in {start} or above it"
            if project is None
            else f"there is no {PROJECT_FILE} in {start}"
        )
        missing = Diagnostic(
            codes.NO_PROJECT,
            Place.start_of(PROJECT_FILE),
            message,
            "run `fairlead init`, or name the folder with --project",
        )
        say([missing], None, "text", err=True)
        raise click.exceptions.Exit(1)
    if os.path.lexists(root / WORK / JOURNAL):
        from fairlead.output.swap import settle

        try:
            settle(root)
        except Refused as error:
            say(error.diagnostics, None, "text", err=True)
            raise click.exceptions.Exit(1) from None
    return root


def chosen(workspace: Workspace, specs: Iterable[Path]) -> set[str] | None:
    """The specification files that are meant by files, folders or pipelines' names; None for all.

    Exit 1 where one matches nothing.
    """
    from fairlead.workspace import codes

    given = list(specs)
    if not given:
        return None
    files: set[str] = set()
    for path in given:
        matched = _matching(workspace, path)
        if not matched:
            message = f"`{path}` is no specification of this project"
            help_ = f"`specs` in fairlead.yaml matches {', '.join(workspace.files[:8]) or 'no file'}"
            place = Place.start_of(next(iter(workspace.documents), "fairlead.yaml"))
            say([Diagnostic(codes.NO_SPECS, place, message, help_)], None, "text", err=True)
            raise click.exceptions.Exit(1)
        files |= matched
    return files


def _matching(workspace: Workspace, path: Path) -> set[str]:
    try:
        relative = Path(os.path.realpath(path)).relative_to(workspace.root).as_posix()
    except ValueError:
        relative = ""
    found = {file for file in workspace.files if relative in (file, ".")}
    found |= {file for file in workspace.files if relative and file.startswith(f"{relative}/")}
    if found:
        return found
    # A specification that can't be read has no name yet, and what is wrong with it is told under that of its file.
    names = {file: workspace.specs.get(file, PurePosixPath(file).stem) for file in workspace.files}
    return {file for file, name in names.items() if name == str(path)}


class Texts(Protocol):
    """Where the text of a file is to be had."""

    def text_of(self, file: str) -> str | None:
        """The text of a file, or None where there is none."""


def rendered(diagnostics: Iterable[Diagnostic], workspace: Texts | None, form: str, *, err: bool = False) -> str:
    """Findings as they are printed, with the end of their last line; nothing where there is nothing to print."""
    from fairlead.source.render import render

    stream = sys.stderr if err else sys.stdout
    found = in_order(list(diagnostics))
    if not found and form == "text":
        return ""
    sources = workspace.text_of if workspace else lambda _: None
    text = render(found, sources, form, color=form == "text" and colour(stream))
    return text if text.endswith("\n") else f"{text}\n"


def say(diagnostics: Iterable[Diagnostic], workspace: Texts | None, form: str, *, err: bool = False) -> None:
    """Prints findings: to standard output where they are the result, and to standard error where they are not."""
    click.echo(rendered(diagnostics, workspace, form, err=err), err=err, nl=False)


def exit_if_errors(diagnostics: Iterable[Diagnostic]) -> None:
    """Exit 1 where any finding is an error."""
    if has_errors(list(diagnostics)):
        raise click.exceptions.Exit(1)
