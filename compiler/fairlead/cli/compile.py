"""`fairlead compile`: writes what the platforms run."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import format_option, open_project
from fairlead.cli.compiling import Compiled, compiled, refused, selection_options
from fairlead.cli.remembering import Transcript, repeat, run_of
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
    no_cache: bool,
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
    root = open_project(project)
    below = root if out is None else Path(os.path.realpath(out))
    options: dict[str, object] = {
        "form": form,
        "environments": environments,
        "targets": targets,
        "overwrite-edits": overwrite_edits,
        "allow-empty": allow_empty,
    }
    run = None if no_cache else run_of(root, "compile", options, specs, below, whole=False)
    known = run.replay() if run else None
    if known is not None:
        repeat(known)
        if form == "text":
            click.echo(_nothing(known.files))
        return
    from fairlead.output.write import write
    from fairlead.workspace.meanwhile import refuse_changed

    result = compiled(specs, root, environments, targets, form, jobs or processors(), run=run, below=below)
    if below != root and (problem := _misplaced(below, result)):
        raise click.BadParameter(f"{out} {problem}", param_hint="'--out'")
    try:
        below.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.BadParameter(f"{below}: {error.strerror}", param_hint="'--out'") from None
    try:
        changes = write(
            below,
            result.output,
            result.compilation.assembled(),
            result.compilation.selection,
            overwrite_edits=overwrite_edits,
            allow_empty=allow_empty,
            confirm=lambda: refuse_changed(result.workspace),
        )
    except Refused as error:
        refused(error, result)
        return
    transcript = Transcript()
    transcript.print(result.findings(), err=result.beside)
    if form == "text":
        _report(result, transcript)
        _written(changes)
    if run:
        run.remember(
            result.workspace, transcript.said(len(changes.writes) + changes.unchanged), result.compilation.loaded
        )


def _misplaced(below: Path, result: Compiled) -> str | None:
    """Why nothing can be written below a folder: it would lie among what is compiled, or around it."""
    from fairlead.output.inventory import path_problem
    from fairlead.workspace.outputs import output_problem

    workspace = result.workspace
    if workspace.root.is_relative_to(below / result.output):
        return "is where this project lies in the output"
    if not below.is_relative_to(workspace.root):
        return None
    inside = below.relative_to(workspace.root).as_posix()
    assert workspace.project is not None, "what was compiled has a project"
    return path_problem(f"{inside}/x") or output_problem(
        PurePosixPath(inside) / result.output, workspace.project, workspace.files, workspace.code_folders()
    )


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _report(result: Compiled, transcript: Transcript) -> None:
    """What was compiled and what waits, in a few lines."""
    transcript.line(f"compiled {result.counted()}")
    for owner, deferred in result.compilation.deferred.items():
        for reason, count in sorted(Counter(item.reason for item in deferred).items()):
            kinds = ", ".join(sorted({item.kind for item in deferred if item.reason == reason}))
            what = f"{count} resource{'' if count == 1 else 's'} {reason.replace('-', ' ')} ({kinds})"
            transcript.line(f"  {owner}: {what}")


def _written(changes: Changes) -> None:
    """What changed on disk."""
    if changes.is_empty:
        click.echo(_nothing(changes.unchanged))
        return
    click.echo(
        f"{len(changes.added)} new, {len(changes.changed)} changed, {len(changes.removes)} removed,"
        f" {changes.unchanged} unchanged"
    )
    folders = Counter(_folder(path) for path in (*changes.added, *changes.changed, *changes.removes))
    for folder, count in sorted(folders.items()):
        click.echo(f"  {count:4d}  {folder}")


def _nothing(files: int) -> str:
    return f"nothing to write: {files} files are as they should be"


def _folder(path: str) -> str:
    """The part of a path that a reader looks for: environment and pipeline, or the folder."""
    parts = path.split("/")
    return "/".join(parts[:-1][:3]) + "/"
