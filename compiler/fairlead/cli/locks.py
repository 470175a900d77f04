"""What `lock`, `promote` and `rollback` share: the units that are meant, MLflow, and writing under the lock."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fairlead.cli.common import chosen, exit_if_errors, say
from fairlead.source.diagnostics import Diagnostic, Refused

if TYPE_CHECKING:
    from fairlead.project.lock import Lock
    from fairlead.project.model import Project
    from fairlead.project.unit import Unit
    from fairlead.remote.mlflow import Mlflow
    from fairlead.workspace.load import Workspace
    from fairlead.workspace.locking import Locked

F = TypeVar("F", bound=Any)


def tracking_option(function: F) -> F:
    """`--tracking-uri`."""
    return click.option(
        "--tracking-uri",
        envvar="MLFLOW_TRACKING_URI",
        help="Where MLflow is reached from here; `mlflow.tracking_uri` of fairlead.yaml otherwise.",
    )(function)


@contextmanager
def refusing(root: Path, workspace: Workspace | None = None) -> Iterator[None]:
    """Exit 1, with what was found, where work can't go on."""
    from fairlead.output.failures import denied
    from fairlead.remote.failures import RemoteFailure

    try:
        yield
    except Refused as error:
        say(error.diagnostics, workspace, "text", err=True)
        raise click.exceptions.Exit(1) from error
    except RemoteFailure as error:
        help_ = f"\n  = help: {error.help}" if error.help else ""
        click.echo(f"error: {error.message}{help_}", err=True)
        raise click.exceptions.Exit(1) from error
    except OSError as error:
        say([denied(root, error, "written")], workspace, "text", err=True)
        raise click.exceptions.Exit(1) from error


def meant(workspace: Workspace, specs: Sequence[Path], environments: Sequence[str]) -> list[Unit]:
    """The pipelines that are named, in the environments that are named; all where none is. Exit 1 for their errors."""
    files = chosen(workspace, specs) if workspace.files else set()
    found = workspace.concerning(files, workspace.diagnostics)
    say(found, workspace, "text", err=True)
    exit_if_errors(found)
    for environment in environments:
        if environment not in workspace.units:
            raise click.BadParameter(
                f"fairlead.yaml has no environment `{environment}`; it has {', '.join(workspace.units)}",
                param_hint="--environment",
            )
    return [
        unit
        for environment, units in workspace.units.items()
        if not environments or environment in environments
        for unit in units.values()
        if files is None or unit.file in files
    ]


def one(workspace: Workspace, spec: Path, environment: str) -> Unit:
    """The one pipeline that is named, in one environment. Exit 1 where it is none, or has errors."""
    units = meant(workspace, [spec], [environment])
    if len(units) != 1:
        raise click.BadParameter(f"`{spec}` names {len(units)} specifications, and a lock belongs to one")
    return units[0]


def training(workspace: Workspace, spec: Path) -> Unit:
    """The one pipeline that is named, in the environment that trains, for what happens on this machine."""
    # Where no environment trains, or the project can't be read, `one` says so and leaves.
    trains = workspace.project.training if workspace.project is not None else None
    return one(workspace, spec, trains or "")


def mlflow_of(project: Project | None, tracking_uri: str | None) -> Mlflow | None:
    """The MLflow that is asked: the one that the command line names, else the project's."""
    from fairlead.remote.mlflow import Mlflow

    declared = project.mlflow.tracking_uri if project is not None and project.mlflow is not None else None
    uri = tracking_uri or declared
    return Mlflow(str(uri)) if uri else None


def local_mlflow(root: Path, tracking_uri: str | None) -> Mlflow:
    """The MLflow that `fairlead run` registers in: the one that the command line names, else that of this machine."""
    from fairlead.local.run import tracking_of
    from fairlead.remote.mlflow import Mlflow

    return Mlflow(tracking_of(root, tracking_uri, os.environ))


def reach_store(project: Project | None) -> None:
    """Object stores find the project's endpoint and region where the surroundings name none, as steps do."""
    artifacts = project.artifacts if project is not None else None
    if artifacts is None:
        return
    if artifacts.endpoint is not None:
        os.environ.setdefault("AWS_ENDPOINT_URL", str(artifacts.endpoint))
    if artifacts.region is not None and "AWS_DEFAULT_REGION" not in os.environ:
        os.environ.setdefault("AWS_REGION", artifacts.region)


def write(workspace: Workspace, locks: Iterable[Locked]) -> None:
    """Writes the locks that change, if the files are still as they were read, and says what became of each."""
    from fairlead.output.lock import locked
    from fairlead.output.replace import replace_file
    from fairlead.workspace.meanwhile import refuse_changed

    locks = list(locks)
    changed = [each for each in locks if each.changed]
    if changed:
        with locked(workspace.root):
            refuse_changed(workspace, [each.file for each in changed])
            for each in changed:
                (workspace.root / each.file).parent.mkdir(parents=True, exist_ok=True)
                replace_file(workspace.root, workspace.root / each.file, each.text.encode())
    for each in locks:
        for line in each.said.splitlines():
            click.echo(f"{each.file}: {line}")


def tell(workspace: Workspace, diagnostics: Iterable[Diagnostic]) -> None:
    """Findings that stop nothing, to standard error."""
    say(diagnostics, workspace, "text", err=True)


def lock_in(text: str, file: str) -> Lock | None:
    """The lock that a text says."""
    from fairlead.project.lock import Lock
    from fairlead.source.reader import read
    from fairlead.spec.validate import validated

    root = read(file, text.encode()).root
    return validated(Lock, root)[0] if root is not None else None


def follow(workspace: Workspace, mlflow: Mlflow | None, unit: Unit, locked_: Locked, environment: str) -> None:
    """MLflow's aliases as the lock has become; what can't be set is a warning."""
    if mlflow is None:
        return
    from fairlead.locking.aliases import project

    tell(workspace, project(mlflow, unit, lock_in(locked_.text, locked_.file), environment))
