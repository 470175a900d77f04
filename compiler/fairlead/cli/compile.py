"""`fairlead compile`: writes what the platforms run."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import format_option
from fairlead.cli.compiling import Compiled, compiled, refused, selection_options
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.output.changes import Changes


@click.command(name="compile")
@selection_options
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write below this folder, not the repository."
)
@click.option("--overwrite-edits", is_flag=True, help="Replace generated files that a person has changed.")
@click.option("--allow-empty", is_flag=True, help="Let an environment or a specification that yields nothing be so.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Worker processes; as many as there are processors.")
@format_option
def command(
    specs: tuple[Path, ...],
    project: Path | None,
    environments: tuple[str, ...],
    targets: tuple[str, ...],
    out: Path | None,
    overwrite_edits: bool,
    allow_empty: bool,
    jobs: int | None,
    form: str,
) -> None:
    """Write everything that the specifications, or SPECS alone, compile to.

    All of it is written or nothing; what an earlier compile wrote and is no longer wanted is removed. Files that a
    person has changed are never overwritten.
    """
    from fairlead.output.write import write

    result = compiled(specs, project, environments, targets, form, jobs or os.cpu_count() or 1)
    root = result.workspace.root if out is None else out.resolve()
    if out is not None:
        root.mkdir(parents=True, exist_ok=True)
    try:
        changes = write(
            root,
            result.output,
            result.compilation.assembled(result.output),
            result.compilation.selection,
            overwrite_edits=overwrite_edits,
            allow_empty=allow_empty,
        )
    except Refused as error:
        refused(error, result.workspace, form)
        return
    if form == "text":
        _report(result, changes)


def _report(result: Compiled, changes: Changes) -> None:
    """What was compiled, what waits and what changed on disk, in a few lines."""
    click.echo(f"compiled {result.counted()}")
    for owner, deferred in result.compilation.deferred.items():
        for reason, count in sorted(Counter(item.reason for item in deferred).items()):
            kinds = ", ".join(sorted({item.kind for item in deferred if item.reason == reason}))
            click.echo(f"  {owner}: {count} resource{'' if count == 1 else 's'} {reason.replace('-', ' ')} ({kinds})")
    if changes.is_empty:
        click.echo(f"nothing to write: {changes.unchanged} files are as they should be")
        return
    click.echo(
        f"{len(changes.added)} new, {len(changes.changed)} changed, {len(changes.removes)} removed,"
        f" {changes.unchanged} unchanged"
    )
    folders = Counter(_folder(path) for path in (*changes.added, *changes.changed, *changes.removes))
    for folder, count in sorted(folders.items()):
        click.echo(f"  {count:4d}  {folder}")


def _folder(path: str) -> str:
    """The part of a path that a reader looks for: environment and pipeline, or the folder."""
    parts = path.split("/")
    return "/".join(parts[:-1][:3]) + "/"
