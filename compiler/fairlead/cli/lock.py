"""`fairlead lock`: takes a digest or a candidate into a lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import chosen, exit_if_errors, open_project, project_option, say
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.project.unit import Unit
    from fairlead.spec.units import ImageRef
    from fairlead.workspace.load import Workspace


@click.command(name="lock")
@click.argument("spec", type=click.Path(path_type=Path))
@project_option
@click.option("--environment", "-e", required=True, help="The environment whose lock is written.")
@click.option("--image", help="An image as the specification names it, with its digest: ghcr.io/acme/churn@sha256:…")
@click.option("--tree", help="The Git tree of the folder that the image was built from.")
@click.option(
    "--candidate",
    "record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A candidate record, as a training run wrote it.",
)
def command(
    spec: Path, project: Path | None, environment: str, image: str | None, tree: str | None, record: Path | None
) -> None:
    """Write an image's digest, or a candidate's model version, into the lock of SPEC in an environment.

    Nothing is asked over a network: what is locked is what is given. Run `fairlead compile` afterwards.
    """
    if (image is None) == (record is None):
        raise click.UsageError("give either --image or --candidate")
    if tree is not None and image is None:
        raise click.UsageError("--tree belongs to --image")
    reference = _image(image, tree) if image is not None else None

    from fairlead.output.failures import denied
    from fairlead.output.lock import locked_if_possible
    from fairlead.project.candidate import decode
    from fairlead.workspace.load import load
    from fairlead.workspace.locking import lock_candidate, lock_image, write_lock

    root = open_project(project)
    workspace: Workspace | None = None
    content = _content(record) if record is not None else b""
    try:
        # From before the lock is read until it is written: what another command writes into it in between is not lost.
        with locked_if_possible(root) as refusal:
            workspace = load(root)
            unit = _unit(workspace, spec, environment)
            if record is not None:
                locked = lock_candidate(workspace, unit, decode(record.name, content), record.name)
            else:
                assert reference is not None
                locked = lock_image(workspace, unit, reference, tree)
            if refusal is not None and locked.changed:
                raise refusal
            write_lock(workspace, locked)
    except Refused as error:
        say(error.diagnostics, workspace, "text", err=True)
        raise click.exceptions.Exit(1) from error
    except OSError as error:
        say([denied(root, error, "written")], workspace, "text", err=True)
        raise click.exceptions.Exit(1) from error
    click.echo(
        f"{locked.file}: {locked.said}" if locked.changed else f"{locked.file}: nothing to change, {locked.said}"
    )


def _image(text: str, tree: str | None) -> ImageRef:
    """The reference on the command line, and a check of the tree's form."""
    from pydantic import TypeAdapter, ValidationError

    from fairlead.project.lock import GitTree
    from fairlead.spec.units import ImageRef
    from fairlead.spec.units.base import UnitError

    try:
        if tree is not None:
            TypeAdapter(GitTree).validate_python(tree)
        return ImageRef.parse(text)
    except UnitError as error:
        raise click.BadParameter(error.message, param_hint="--image") from error
    except ValidationError as error:
        raise click.BadParameter(f"`{tree}` is no id of a Git tree", param_hint="--tree") from error


def _content(record: Path) -> bytes:
    from fairlead.source.reader import read_bytes

    try:
        return read_bytes(record)
    except OSError as error:
        raise click.BadParameter(f"`{record}` can't be read: {error.strerror}", param_hint="--candidate") from error


def _unit(workspace: Workspace, spec: Path, environment: str) -> Unit:
    """The one pipeline that is named, in the environment; exit 1 where there is none, or where it has errors."""
    files = chosen(workspace, [spec]) if workspace.files else set()
    found = workspace.concerning(files, workspace.diagnostics)
    say(found, workspace, "text", err=True)
    exit_if_errors(found)
    if files is None or len(files) != 1:
        raise click.BadParameter(f"`{spec}` names {len(files or ())} specifications, and a lock belongs to one")
    units = workspace.units.get(environment)
    if units is None:
        raise click.BadParameter(
            f"fairlead.yaml has no environment `{environment}`; it has {', '.join(workspace.units)}",
            param_hint="--environment",
        )
    return units[workspace.specs[files.pop()]]
