"""From a folder and two revisions to a preview: where Git, the disk and the compiler meet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fairlead.git.repository import Repository
from fairlead.preview import build, notices
from fairlead.preview.commits import Commit
from fairlead.preview.findings import as_finding
from fairlead.preview.model import Notice, Preview, Side
from fairlead.preview.states import NOTHING, State, memory_of, state_of
from fairlead.source.diagnostics import Severity
from fairlead.workspace.load import Workspace, load

WORKING_TREE = "the working tree"


@dataclass(frozen=True)
class Read:
    """A preview, and the states that it is of: whoever shows diagnostics quotes their lines."""

    preview: Preview
    before: State
    after: State


def read(root: Path, base: str, head: str | None = None, *, exact: bool = False, jobs: int = 1) -> Read:
    """What head, or the working tree, does that base does not. Raises Refused where Git can't give the two.

    Base is the newest commit that both have, as for `git diff base...head`, because what came to base since is not
    this change's doing; with `exact` it is base itself.
    """
    repository = Repository(root)
    asked = repository.commit(base)
    newest = repository.commit(head if head is not None else "HEAD")
    compared = asked if exact else repository.merge_base(asked, newest)
    notes = list(_behind(repository, base, asked, compared, head))
    with ExitStack() as stack:
        # What is compiled, or looked at once more, lies in these folders.
        commit = Commit(repository, compared)
        earlier, more = _laid_down(commit, stack)
        notes += more
        if not commit.has_project:
            where = f"{repository.prefix}/" if repository.prefix else ""
            message = f"{compared[:12]} has no {where}fairlead.yaml: everything is new"
            notes.append(Notice("base-missing", message))
        other = Commit(repository, newest) if head is not None else None
        later, more = (load(root, like=earlier), list[Notice]()) if other is None else _laid_down(other, stack, earlier)
        memory = memory_of(root, earlier, later)
        before = NOTHING if earlier is None else state_of(earlier, jobs, memory=memory)
        after = NOTHING if later is None else state_of(later, jobs, before, memory)
        was = notices.Committed(commit.inventories())
        if other is None:
            output = str(after.project.output) if after.project else commit.output
            now = notices.on_disk(root, output)
            notes += notices.dirty(repository.changed(), output)
        else:
            notes += [note for note in more if note not in notes]
            output = other.output
            now = notices.Committed(other.inventories())
            now.contents = other.files(now.listed)
        notes += notices.output_notices(now, after, output)
        notes += notices.compiler_notices(was, now, before)
        sides = (
            _side(base, compared, was, before),
            _side(head or WORKING_TREE, newest if head is not None else None, now, after),
        )
        if before.failed:
            message = f"{compared[:12]} does not compile, so resources can't be compared with it"
            notes.insert(0, Notice("base-failed", message, "head is shown by itself, as far as base can't be read"))
        return Read(build.preview(before, after, *sides, notes), before, after)


def _laid_down(
    commit: Commit, stack: ExitStack, like: Workspace | None = None
) -> tuple[Workspace | None, list[Notice]]:
    """The project of a commit, in a folder outside of the repository that is there as long as the stack."""
    if not commit.has_project:
        return None, []
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fairlead-preview-"))).resolve()
    found = commit.write(folder)
    return load(folder, like=like), found


def _behind(repository: Repository, base: str, asked: str, compared: str, head: str | None) -> Iterator[Notice]:
    if asked == compared:
        return
    ahead = repository.count(compared, asked)
    what = "1 commit" if ahead == 1 else f"{ahead} commits"
    message = f"{base} has {what} that {head or 'this branch'} does not have, and merging brings both together"
    yield Notice("behind", message, "merge or rebase to see what comes out, or compare with `--exact-base`")


def _side(name: str, commit: str | None, output: notices.Committed, state: State) -> Side:
    failed = state.diagnostics if state.failed else ()
    errors = [found for found in failed if found.level is Severity.ERROR]
    return Side(name, commit, output.compiler, tuple(as_finding(found) for found in errors))
