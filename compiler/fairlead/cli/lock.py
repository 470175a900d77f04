"""`fairlead lock`: fills locks with what registries, stores and MLflow say, or with what is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import open_project, project_option, say
from fairlead.cli.completion import environments, specifications
from fairlead.cli.locks import (
    follow,
    local_mlflow,
    lock_in,
    meant,
    mlflow_of,
    one,
    reach_store,
    refusing,
    tell,
    tracking_option,
    training,
    write,
)
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.spec.units import ImageRef
    from fairlead.workspace.load import Workspace


@click.command(name="lock")
@click.argument("specs", metavar="[SPEC]...", nargs=-1, shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@click.option(
    "--environment",
    "-e",
    "environments",
    multiple=True,
    shell_complete=environments,
    help="Only this environment's lock; repeatable.",
)
@click.option("--update", is_flag=True, help="Ask for what is locked already, too; only what is missing otherwise.")
@click.option("--local", is_flag=True, help="The lock of this machine, with what `fairlead run` registered.")
@click.option("--aliases", is_flag=True, help="Change no lock; point MLflow's aliases to what the locks say.")
@tracking_option
@click.option("--image", help="An image as the specification names it, with its digest: ghcr.io/acme/churn@sha256:…")
@click.option("--tree", help="The Git tree of the folder that the image was built from.")
@click.option(
    "--candidate",
    "record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A candidate record, as a training run wrote it.",
)
def command(
    specs: tuple[Path, ...],
    project: Path | None,
    environments: tuple[str, ...],
    update: bool,
    local: bool,
    aliases: bool,
    tracking_uri: str | None,
    image: str | None,
    tree: str | None,
    record: Path | None,
) -> None:
    """Write what the locks of SPECs lack: digests of images and pinned data, and the first version that is served.

    Registries of images, object stores and MLflow are asked, and nothing is written where one of them doesn't answer.
    With --image or --candidate nothing is asked over a network: what is locked is what is given. Run `fairlead compile`
    afterwards.
    """
    given = image is not None or record is not None
    if image is not None and record is not None:
        raise click.UsageError("give either --image or --candidate")
    if tree is not None and image is None:
        raise click.UsageError("--tree belongs to --image")
    if given and (update or local or aliases):
        raise click.UsageError(
            "--update, --local and --aliases ask others, and with --image or --candidate nobody is asked"
        )
    if given and (len(specs) != 1 or len(environments) != 1):
        raise click.UsageError("with --image or --candidate, name one SPEC and one --environment")
    if local and (environments or update):
        raise click.UsageError("--local is a lock of its own, and takes neither --environment nor --update")
    reference = _image(image, tree) if image is not None else None
    root = open_project(project)
    if given:
        _take(root, specs[0], environments[0], reference, tree, record)
    elif local:
        _local(root, specs, tracking_uri, aliases)
    else:
        _ask(root, specs, environments, tracking_uri, update, aliases)


def _ask(
    root: Path,
    specs: tuple[Path, ...],
    environments: tuple[str, ...],
    tracking_uri: str | None,
    update: bool,
    aliases: bool,
) -> None:
    """Fills the locks of all that is meant, or only points aliases to what they say."""
    from fairlead.locking.aliases import project as point
    from fairlead.locking.answers import Answers
    from fairlead.locking.filling import fill
    from fairlead.source.diagnostics import has_errors
    from fairlead.source.places import Place
    from fairlead.workspace.load import load

    workspace = load(root)
    units = meant(workspace, specs, environments)
    mlflow = mlflow_of(workspace.project, tracking_uri)
    reach_store(workspace.project)
    if aliases:
        if mlflow is None:
            raise click.UsageError("fairlead.yaml has no `mlflow`, and no --tracking-uri is given")
        found = [each for unit in units for each in point(mlflow, unit, unit.lock, unit.environment)]
        tell(workspace, found)
        if found:
            raise click.exceptions.Exit(1)
        click.echo(f"the aliases of {len(units)} lock{'' if len(units) == 1 else 's'} are as the locks say")
        return
    artifacts = workspace.project.artifacts.uri if workspace.project and workspace.project.artifacts else None
    with refusing(root, workspace), Answers(mlflow, artifacts) as answers:
        locks = fill(workspace, units, answers, update=update)
        answers.keep_manifests(Place.start_of("fairlead.yaml"))
        if has_errors(answers.findings):
            raise Refused(answers.findings)
        tell(workspace, answers.findings)
        write(workspace, locks)
    for unit, locked in zip(units, locks, strict=True):
        if locked.changed and _moved(unit.lock, lock_in(locked.text, locked.file)):
            follow(workspace, mlflow, unit, locked, unit.environment)


def _moved(before: object, after: object) -> bool:
    """Whether another version is served or tried than before."""
    return [getattr(before, key, None) for key in ("model", "rollout")] != [
        getattr(after, key, None) for key in ("model", "rollout")
    ]


def _local(root: Path, specs: tuple[Path, ...], tracking_uri: str | None, aliases: bool) -> None:
    """Fills the locks of this machine."""
    from fairlead.locking.aliases import project as point
    from fairlead.locking.answers import Answers
    from fairlead.locking.filling import fill_local
    from fairlead.workspace.load import load
    from fairlead.workspace.local_lock import ENVIRONMENT, read_local_lock

    if not specs:
        raise click.UsageError("name the SPEC whose local lock is written")
    workspace = load(root)
    units = [training(workspace, spec) for spec in specs]
    mlflow = local_mlflow(root, tracking_uri)
    with refusing(root, workspace):
        if aliases:
            for unit in units:
                tell(workspace, point(mlflow, unit, read_local_lock(root, unit.name), ENVIRONMENT))
            return
        with Answers(mlflow, None) as answers:
            locks = [fill_local(workspace, unit, answers) for unit in units]
            tell(workspace, answers.findings)
        write(workspace, locks)
    for unit, locked in zip(units, locks, strict=True):
        if locked.changed:
            follow(workspace, mlflow, unit, locked, ENVIRONMENT)


def _take(
    root: Path, spec: Path, environment: str, reference: ImageRef | None, tree: str | None, record: Path | None
) -> None:
    """Locks what is given."""
    from fairlead.output.failures import denied
    from fairlead.output.lock import locked_if_possible
    from fairlead.project.candidate import decode
    from fairlead.workspace.load import load
    from fairlead.workspace.locking import lock_candidate, lock_image, write_lock

    workspace: Workspace | None = None
    content = _content(record) if record is not None else b""
    try:
        # From before the lock is read until it is written: what another command writes into it in between is not lost.
        with locked_if_possible(root) as refusal:
            workspace = load(root)
            unit = one(workspace, spec, environment)
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
