"""`fairlead rollback`: back to the version that a lock held before."""

from __future__ import annotations

from pathlib import Path

import click

from fairlead.cli.common import open_project, project_option
from fairlead.cli.completion import environments, specifications
from fairlead.cli.locks import follow, local_mlflow, mlflow_of, one, refusing, tracking_option, training, write
from fairlead.cli.moving import NOTHING_MORE, How, ground, how_options


@click.command(name="rollback")
@click.argument("spec", metavar="SPEC", shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@click.option("--in", "environment", shell_complete=environments, help="The environment whose lock is written.")
@click.option("--local", is_flag=True, help="The lock of this machine.")
@how_options
@tracking_option
def command(
    spec: Path, project: Path | None, environment: str | None, local: bool, how: How, tracking_uri: str | None
) -> None:
    """Serve the version again that the lock of SPEC held before, or take back its canary.

    The lock has all that it needs, so nobody is asked. The version that is left becomes the one before: a second
    rollback goes forward again.

    With --compile the output is written together with the lock. With --commit, or --push, both become one commit on a
    branch of its own, made from what is committed: nothing here is touched. With none of them, run `fairlead compile`
    afterwards, and commit both.
    """
    from fairlead.locking.moving import rollback
    from fairlead.workspace.locking import lock_before

    if (environment is None) != local:
        raise click.UsageError("give either --in or --local")
    root = open_project(project)
    if environment is None:
        if how != NOTHING_MORE:
            raise click.UsageError("the lock of this machine compiles to nothing, and is in no commit")
        _local(root, spec, tracking_uri)
        return
    with ground(root, how) as here:
        workspace = here.workspace
        unit = one(workspace, here.spec(spec), environment)
        with refusing(root, workspace):
            locked = rollback(unit, unit.lock, *lock_before(workspace, unit))
            here.take(unit, locked)
        if here.serves:
            follow(workspace, mlflow_of(workspace.project, tracking_uri), unit, locked, environment)


def _local(root: Path, spec: Path, tracking_uri: str | None) -> None:
    """The lock of this machine."""
    from fairlead.locking.moving import rollback
    from fairlead.workspace.load import load
    from fairlead.workspace.local_lock import ENVIRONMENT, load_local_lock, local_lock_file

    workspace = load(root)
    unit = training(workspace, spec)
    with refusing(root, workspace):
        lock, text = load_local_lock(workspace, unit.name)
        locked = rollback(unit, lock, local_lock_file(unit.name), text)
        write(workspace, [locked])
    follow(workspace, local_mlflow(root, tracking_uri), unit, locked, ENVIRONMENT)
