"""Where `promote` and `rollback` write: a lock, a lock and its output, or a commit with both on a branch of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fairlead.cli.locks import lock_in, refusing, write

if TYPE_CHECKING:
    from fairlead.locking.history import Past
    from fairlead.project.unit import Unit
    from fairlead.workspace.load import Workspace
    from fairlead.workspace.locking import Locked

F = TypeVar("F", bound=Any)
REMOTE = "origin"


@dataclass(frozen=True)
class How:
    """What the command line says about where to write."""

    compiles: bool
    commits: bool
    pushes: bool
    branch: str | None
    base: str | None
    remote: str | None


NOTHING_MORE = How(compiles=False, commits=False, pushes=False, branch=None, base=None, remote=None)
"""The lock alone."""


def how_options(function: F) -> F:
    """`--compile`, `--commit`, `--push`, `--branch`, `--base` and `--remote`, as one argument `how`."""

    @wraps(function)  # and with it what options further below have left on the function
    def decorated(**values: Any) -> Any:
        names = {"compiles", "commits", "pushes", "branch", "base", "remote"}
        how = How(**{name: values.pop(name) for name in names})
        proposes = how.commits or how.pushes
        if how.compiles and proposes:
            raise click.UsageError("a commit has the output in it anyway: give either --compile or --commit or --push")
        if not proposes and (how.branch or how.base or how.remote):
            raise click.UsageError("--branch, --base and --remote belong to --commit and --push")
        if how.remote and not how.pushes:
            raise click.UsageError("--remote belongs to --push")
        return function(**values, how=how)

    for option in (
        click.option("--remote", metavar="NAME", help=f"Where --push goes; {REMOTE} otherwise."),
        click.option("--base", metavar="REF", help="Where it begins: HEAD, or with --push the remote's branch."),
        click.option("--branch", metavar="NAME", help="The branch's name; one that says what moves, otherwise."),
        click.option("--push", "pushes", is_flag=True, help="As --commit, from the remote's branch, and pushed to it."),
        click.option("--commit", "commits", is_flag=True, help="Lock and output as a commit on a branch of its own."),
        click.option("--compile", "compiles", is_flag=True, help="Write the output together with the lock."),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[return-value]


class Ground:
    """The state that a version is moved in, and how what comes of it is written."""

    def __init__(self, root: Path, workspace: Workspace, past: Past, how: How) -> None:
        self.root, self.workspace, self.past, self.how = root, workspace, past, how

    def spec(self, given: Path) -> Path:
        """A specification as it is called here."""
        if self.workspace.root == self.root or not os.path.lexists(given):
            return given
        try:
            return self.workspace.root / Path(os.path.realpath(given)).relative_to(self.root)
        except ValueError:
            return given

    @property
    def serves(self) -> bool:
        """Whether what is written is the state of this working tree, and not a proposal."""
        return not (self.how.commits or self.how.pushes)

    def take(self, unit: Unit, locked: Locked) -> None:
        """Writes the lock of a unit, and what belongs to it. Raises Refused and OSError."""
        if not self.serves:
            _propose(self, unit, locked)
        elif self.how.compiles:
            _compile(self.workspace, locked)
        else:
            write(self.workspace, [locked])


@contextmanager
def ground(root: Path, how: How) -> Iterator[Ground]:
    """The working tree, or the commit that a proposal begins at. Exit 1 where that can't be had."""
    from fairlead.locking.history import Past
    from fairlead.workspace.load import load

    if not (how.commits or how.pushes):
        yield Ground(root, load(root), Past(root), how)
        return
    from fairlead.git.repository import Repository
    from fairlead.proposing.ground import laid_down

    with refusing(root):
        repository = Repository(root)
        base = _base(repository, root, how)
        open_files = repository.changed()
    if open_files:
        what = "1 file is" if len(open_files) == 1 else f"{len(open_files)} files are"
        click.echo(f"note: it begins at commit {base[:12]}; {what} not committed here, and no part of it", err=True)
    with refusing(root), laid_down(repository, base) as folder:
        yield Ground(root, load(folder), Past(root, base), how)


def _base(repository: Any, root: Path, how: How) -> str:
    """The commit that a proposal begins at."""
    if how.base is not None:
        return str(repository.commit(how.base))
    if not how.pushes:
        return str(repository.commit("HEAD"))
    from fairlead.proposing.objects import Writer
    from fairlead.workspace.load import load

    project = load(root).project
    branch = project.git.branch if project is not None and project.git is not None else "main"
    return Writer(repository).fetch(how.remote or REMOTE, str(branch))


def _compile(workspace: Workspace, locked: Locked) -> None:
    """The lock and everything that it compiles to, together or not at all."""
    from pathlib import PurePosixPath

    from fairlead.cli.compile import processors
    from fairlead.output.write import write as write_all
    from fairlead.source.diagnostics import Refused
    from fairlead.workspace.compile import compile_workspace
    from fairlead.workspace.load import load
    from fairlead.workspace.meanwhile import refuse_changed

    after = load(workspace.root, {locked.file: locked.text})
    compilation = compile_workspace(after, jobs=processors())
    if compilation.failed or after.project is None:
        raise Refused(compilation.diagnostics)

    def confirm() -> None:
        # The text of the lock was made from what was read first, and the output from what was read after it.
        refuse_changed(workspace)
        refuse_changed(after)

    changes = write_all(
        workspace.root,
        PurePosixPath(after.project.output),
        compilation.assembled(),
        compilation.selection,
        confirm=confirm,
        beside={locked.file: locked.text},
    )
    for line in locked.said.splitlines():
        click.echo(f"{locked.file}: {line}")
    click.echo(
        f"{after.project.output}: {len(changes.added)} new, {len(changes.changed)} changed,"
        f" {len(changes.removes)} removed, {changes.unchanged} unchanged"
    )


def _propose(ground_: Ground, unit: Unit, locked: Locked) -> None:
    """One commit with the lock and the output, on a branch, and what a reviewer will see of it."""
    from fairlead.cli.compile import processors
    from fairlead.locking.steps import step
    from fairlead.plan.draw.details import counted
    from fairlead.proposing.message import effects
    from fairlead.proposing.propose import Request, propose
    from fairlead.source.render.sources import printable

    how, after = ground_.how, lock_in(locked.text, locked.file)
    if not locked.changed or after is None:
        click.echo(f"{locked.file}: nothing to propose, {locked.said}")
        return
    found, remote = step(unit, after), (how.remote or REMOTE) if how.pushes else None
    train = unit.pipeline.model.train if unit.pipeline.model is not None else None
    approval = tuple(str(team) for team in train.approval) if train is not None else ()
    request = Request(ground_.past.revision, how.branch or found.branch, found.title, approval, remote, processors())
    made = propose(ground_.root, ground_.workspace.root, locked, request)
    for line in locked.said.splitlines():
        click.echo(f"{locked.file}: {line}")
    click.echo(made.preview.verdict)
    for line in effects(made.preview):
        click.echo(f"  {printable(line)}")
    where = f" of {remote}" if remote else ""
    what = f"{counted(made.files, 'file')} in one commit" if made.is_new else "the same is there already"
    click.echo(f"branch {made.branch}{where}: {what}, {made.commit[:12]}")
    for line in made.said.splitlines():
        click.echo(f"{remote}: {printable(line)}", err=True)
