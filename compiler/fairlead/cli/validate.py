"""`fairlead validate`: everything that is wrong, in one run."""

from __future__ import annotations

from pathlib import Path

import click

from fairlead.cli.common import chosen, exit_if_errors, format_option, open_project, project_option, say


@click.command(name="validate")
@click.argument("specs", nargs=-1, type=click.Path(path_type=Path))
@project_option
@format_option
def command(specs: tuple[Path, ...], project: Path | None, form: str) -> None:
    """Report everything that is wrong with the specifications, or with SPECS alone.

    Reads files and nothing else: no lock is needed, and nothing is asked over a network.
    """
    from fairlead.workspace.load import load
    from fairlead.workspace.plans import plans

    workspace = load(open_project(project))
    files = chosen(workspace, specs)
    found = workspace.concerning(files, plans(workspace).diagnostics)
    say(found, workspace, form)
    exit_if_errors(found)
    if form == "text":
        count = len(workspace.files) if files is None else len(files)
        click.echo(f"{count} specification{'s' if count != 1 else ''} valid for {', '.join(workspace.units)}", err=True)
