"""`fairlead rollback`: back to the version that a lock held before."""

from __future__ import annotations

from pathlib import Path

import click

from fairlead.cli.common import open_project, project_option
from fairlead.cli.completion import environments, specifications
from fairlead.cli.locks import follow, local_mlflow, mlflow_of, one, refusing, tracking_option, training, write


@click.command(name="rollback")
@click.argument("spec", metavar="SPEC", shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@click.option("--in", "environment", shell_complete=environments, help="The environment whose lock is written.")
@click.option("--local", is_flag=True, help="The lock of this machine.")
@tracking_option
def command(spec: Path, project: Path | None, environment: str | None, local: bool, tracking_uri: str | None) -> None:
    """Serve the version again that the lock of SPEC held before, or take back its canary.

    The lock has all that it needs, so nobody is asked. The version that is left becomes the one before: a second
    rollback goes forward again. Run `fairlead compile` afterwards, and commit both.
    """
    from fairlead.locking.moving import rollback
    from fairlead.workspace.load import load
    from fairlead.workspace.local_lock import ENVIRONMENT, load_local_lock, local_lock_file
    from fairlead.workspace.locking import lock_before

    if (environment is None) != local:
        raise click.UsageError("give either --in or --local")
    root = open_project(project)
    workspace = load(root)
    unit = training(workspace, spec) if environment is None else one(workspace, spec, environment)
    with refusing(root, workspace):
        if environment is not None:
            lock, (file, text) = unit.lock, lock_before(workspace, unit)
            mlflow = mlflow_of(workspace.project, tracking_uri)
        else:
            lock, text = load_local_lock(workspace, unit.name)
            file, mlflow = local_lock_file(unit.name), local_mlflow(root, tracking_uri)
        locked = rollback(unit, lock, file, text)
        write(workspace, [locked])
    follow(workspace, mlflow, unit, locked, environment or ENVIRONMENT)
