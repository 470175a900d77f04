"""`fairlead check`: is what is committed what compiling gives?"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import open_project, say
from fairlead.cli.compiling import Compiled, compiled, refused, selection_options
from fairlead.cli.exits import DIFFERS
from fairlead.cli.remembering import Transcript, repeat, run_of
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.output.check import Drift

LINES = 60
"""Lines of a file's difference that are shown; `--diff` shows all."""


@click.command(name="check")
@selection_options
@click.option("--diff", "whole", is_flag=True, help="Show every difference in full.")
@click.option(
    "--as-of",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Refuse waivers that ended before this day, as 2027-03-31.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    specs: tuple[Path, ...],
    project: Path | None,
    environments: tuple[str, ...],
    targets: tuple[str, ...],
    no_cache: bool,
    whole: bool,
    as_of: datetime | None,
    form: str,
) -> None:
    """Compare what is on disk with what compiling gives. Nothing is written.

    Leaves with 0 where they agree, 1 where the input is at fault, and 2 where they differ.
    """
    root = open_project(project)
    day = as_of.date() if as_of else None
    options: dict[str, object] = {"form": form, "environments": environments, "targets": targets, "as-of": str(day)}
    run = None if no_cache else run_of(root, "check", options, specs, root, whole=True)
    known = run.replay() if run else None
    if known is not None:
        repeat(known)
        return
    from fairlead.output.check import check
    from fairlead.output.swap import settle

    result = compiled(specs, root, environments, targets, "text", run=run)
    try:
        settle(root)
        drifts = check(root, result.output, result.compilation.assembled(), result.compilation.selection)
    except Refused as error:
        refused(error, result)
        return
    if day is not None:
        _refuse_expired(result, day)
    transcript = Transcript()
    transcript.print(result.findings(), err=True)
    if form == "json":
        differences = [_as_json(drift) for drift in drifts]
        transcript.line(json.dumps({"version": 1, "differences": differences}, indent=2))
    elif drifts:
        _print(drifts, whole)
    else:
        transcript.line("what is committed is what compiling gives")
    if run and not drifts:
        run.remember(result.workspace, transcript.said(), result.compilation.loaded)
    if drifts:
        raise click.exceptions.Exit(DIFFERS)


def _refuse_expired(result: Compiled, day: date) -> None:
    """Says which waivers of what was compiled have ended, and leaves with 1 where there are some."""
    from fairlead.policy.waivers import expired

    owners = {(owner.environment, owner.pipeline) for owner in result.compilation.owners}
    units = result.workspace.units
    concerned = [units[place][name] for place in units for name in units[place] if (place, name) in owners]
    found = list(expired(concerned, day))
    if found:
        say(found, result.workspace, result.form, err=result.beside)
        raise click.exceptions.Exit(1)


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
    for drift in drifts:
        click.echo(f"{drift.kind}: {drift.path} (from {drift.source})")
        lines = drift.diff().splitlines()
        for line in lines if whole else lines[:LINES]:
            click.echo(f"    {line}")
        if not whole and len(lines) > LINES:
            click.echo(f"    … {len(lines) - LINES} more lines; --diff shows them")
    count = len(drifts)
    click.echo(f"{count} file{' differs' if count == 1 else 's differ'}; run `fairlead compile` and commit the result")
