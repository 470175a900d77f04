"""`fairlead check`: is what is committed what compiling gives?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.compiling import compiled, refused, selection_options
from fairlead.cli.exits import DIFFERS
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.output.check import Drift

LINES = 60
"""Lines of a file's difference that are shown; `--diff` shows all."""


@click.command(name="check")
@selection_options
@click.option("--diff", "whole", is_flag=True, help="Show every difference in full.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    specs: tuple[Path, ...],
    project: Path | None,
    environments: tuple[str, ...],
    targets: tuple[str, ...],
    whole: bool,
    form: str,
) -> None:
    """Compare what is on disk with what compiling gives. Nothing is written.

    Leaves with 0 where they agree, 1 where the input is at fault, and 2 where they differ.
    """
    from fairlead.output.check import check
    from fairlead.output.swap import settle

    result = compiled(specs, project, environments, targets, "text")
    try:
        settle(result.workspace.root)
        drifts = check(
            result.workspace.root,
            result.output,
            result.compilation.assembled(result.output),
            result.compilation.selection,
        )
    except Refused as error:
        refused(error, result.workspace, "text")
        return
    if form == "json":
        click.echo(json.dumps({"version": 1, "differences": [_as_json(drift) for drift in drifts]}, indent=2))
    else:
        _print(drifts, whole)
    if drifts:
        raise click.exceptions.Exit(DIFFERS)


def _as_json(drift: Drift) -> dict[str, str | None]:
    owner = drift.owner
    return {
        "kind": str(drift.kind),
        "path": drift.path,
        "environment": owner.environment,
        "pipeline": owner.pipeline,
        "source": drift.source,
        "diff": drift.diff(),
    }


def _print(drifts: list[Drift], whole: bool) -> None:
    if not drifts:
        click.echo("what is committed is what compiling gives")
        return
    for drift in drifts:
        click.echo(f"{drift.kind}: {drift.path} (from {drift.source})")
        lines = drift.diff().splitlines()
        for line in lines if whole else lines[:LINES]:
            click.echo(f"    {line}")
        if not whole and len(lines) > LINES:
            click.echo(f"    … {len(lines) - LINES} more lines; --diff shows them")
    count = len(drifts)
    click.echo(f"{count} file{' differs' if count == 1 else 's differ'}; run `fairlead compile` and commit the result")
