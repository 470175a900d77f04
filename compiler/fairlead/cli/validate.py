"""`fairlead validate`: everything that is wrong, in one run."""

from __future__ import annotations

from pathlib import Path

import click

from fairlead.cli.common import (
    cache_option,
    chosen,
    exit_if_errors,
    format_option,
    open_project,
    project_option,
    rendered,
)
from fairlead.cli.completion import specifications
from fairlead.cli.remembering import Transcript, repeat, run_of


@click.command(name="validate")
@click.argument("specs", nargs=-1, shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@cache_option
@format_option
def command(specs: tuple[Path, ...], project: Path | None, no_cache: bool, form: str) -> None:
    """Report everything that is wrong with the specifications, or with SPECS alone.

    Needs no lock, asks nothing over a network, and writes nothing but its own cache below `.fairlead/`.
    """
    root = open_project(project)
    run = None if no_cache else run_of(root, "validate", {"form": form}, specs, None, whole=False)
    known = run.replay() if run else None
    if known is not None:
        repeat(known)
        return
    from fairlead.workspace.load import load
    from fairlead.workspace.plans import plans

    workspace = load(root)
    files = chosen(workspace, specs)
    found = workspace.concerning(files, plans(workspace).diagnostics)
    transcript = Transcript()
    transcript.print(rendered(found, workspace, form))
    exit_if_errors(found)
    if form == "text":
        count = len(workspace.files) if files is None else len(files)
        what = f"{count} specification{'s' if count != 1 else ''}"
        transcript.line(f"{what} valid for {', '.join(workspace.units)}", err=True)
    if run:
        run.remember(workspace, transcript.said())
