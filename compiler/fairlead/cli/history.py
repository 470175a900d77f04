"""`fairlead history`: what was served when, from which data and code, and who approved it."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

import click

from fairlead.cli.common import open_project, project_option, say
from fairlead.cli.completion import environments, specifications
from fairlead.cli.exits import INPUT

FORMATS = ("text", "json", "markdown")


@click.command(name="history")
@click.argument("spec", metavar="SPEC", shell_complete=specifications)
@click.option("--in", "environment", shell_complete=environments, help="Only this environment's lock.")
@click.option("--since", metavar="DATE|REF", help="Only later commits: after a date in UTC, or what REF has not.")
@click.option("--head", metavar="REF", default="HEAD", show_default=True, help="The branch whose history is told.")
@project_option
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="text is for a terminal, markdown for an audit's file, json for programs.",
)
def command(spec: str, environment: str | None, since: str | None, head: str, project: Path | None, form: str) -> None:
    """Say what was served when, from which data and code, and who approved it, from Git alone.

    SPEC is a specification's file or a pipeline's name, also one that was removed or renamed. The branch is followed by
    first parents, so a merge is one step, with the commits that it brought below it. Nothing is fetched or written.
    """
    from fairlead.git.repository import Repository
    from fairlead.history.read import history
    from fairlead.source.diagnostics import Refused
    from fairlead.workspace.discover import project_root

    if since is not None and re.fullmatch(r"\d{4}-\d{2}-\d{2}(T[0-9:]*Z?)?", since):
        _check_date(since)
    try:
        if project is None and project_root(Path.cwd()) is None:
            Repository(Path.cwd())  # what has no files has no fairlead.yaml either, and Git knows why
        root = open_project(project)
        # The file may be gone; what is meant is its name, in the folder that the command was called in.
        path = Path(os.path.relpath(Path(spec).absolute(), root)).as_posix()
        found = history(root, spec, path, environment=environment, since=since, head=head)
    except Refused as error:
        say(error.diagnostics, None, "text", err=True)
        raise click.exceptions.Exit(INPUT) from None
    if form == "json":
        from fairlead.history.document import render_json as render
    elif form == "markdown":
        from fairlead.history.markdown import render_markdown as render
    else:
        from fairlead.history.text import render_text as render
    click.echo(render(found), nl=False)


def _check_date(since: str) -> None:
    try:
        datetime.fromisoformat(since)
    except ValueError:
        raise click.BadParameter(f"'{since}' is no date as 2026-03-31", param_hint="--since") from None
