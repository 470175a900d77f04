"""From a lock that changes to one commit with everything that it compiles to, on a branch, here or on a remote."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fairlead.git.repository import Repository
from fairlead.output.changes import plan_changes
from fairlead.preview.commits import Commit
from fairlead.preview.model import Preview
from fairlead.preview.read import read
from fairlead.proposing import codes
from fairlead.proposing.message import message
from fairlead.proposing.objects import Writer
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load
from fairlead.workspace.locking import Locked


@dataclass(frozen=True)
class Request:
    """What is proposed, and where."""

    base: str
    """The commit that it begins at."""
    branch: str
    title: str
    approval: Sequence[str] = ()
    """Who has to approve it."""
    remote: str | None = None
    """Where it is pushed; None where it stays here."""
    jobs: int = 1


@dataclass(frozen=True)
class Proposal:
    """A commit on a branch."""

    branch: str
    commit: str
    files: int
    preview: Preview
    is_new: bool
    """Whether it was made now; the same was there already otherwise."""
    said: str = ""
    """What the remote said."""


def propose(root: Path, folder: Path, locked: Locked, request: Request) -> Proposal:
    """Makes the commit, and pushes it where the request says so. Raises Refused, with the working tree as it was.

    `root` is the project in its repository, and `folder` what `laid_down` made of `request.base`.
    """
    repository = Repository(root)
    writer = Writer(repository)
    changes = _changes(folder, locked, request.jobs)
    with tempfile.TemporaryDirectory(prefix="fairlead-proposal-") as name:
        tree = writer.tree(request.base, changes, Path(name))
    first = message(request.title, locked.said, request.approval, None)
    draft = writer.draft(tree, request.base, first)
    preview = read(root, request.base, draft, exact=True, jobs=request.jobs).preview
    text = message(request.title, locked.said, request.approval, preview)
    commit = writer.commit(tree, request.base, text)
    if request.remote is None:
        is_new, commit = _here(writer, request, commit)
        return Proposal(request.branch, commit, len(changes), preview, is_new)
    taken, said = writer.push(request.remote, commit, request.branch)
    if taken:
        return Proposal(request.branch, commit, len(changes), preview, is_new=True, said=said)
    there = _there(repository, writer, request, commit, locked, said)
    return Proposal(request.branch, there, len(changes), preview, is_new=False)


def _changes(folder: Path, locked: Locked, jobs: int) -> dict[str, bytes | None]:
    """Every file of the commit: the lock, and what compiling writes and removes."""
    workspace = load(folder, {locked.file: locked.text})
    compilation = compile_workspace(workspace, jobs=jobs)
    if compilation.failed or workspace.project is None:
        raise Refused(compilation.diagnostics)
    output = PurePosixPath(workspace.project.output)
    changes = plan_changes(folder, output, compilation.assembled(), compilation.selection)
    found: dict[str, bytes | None] = {locked.file: locked.text.encode()}
    found |= {write.path: write.content.read() for write in changes.writes}
    return found | dict.fromkeys(changes.removes)


def _here(writer: Writer, request: Request, commit: str) -> tuple[bool, str]:
    """The branch in this repository: a new one, or one that says the very same."""
    if writer.make_branch(request.branch, commit):
        return True, commit
    there = writer.commit_of(request.branch)
    if writer.has(there, request.base) and writer.tree_of(there) == writer.tree_of(commit):
        return False, there
    message_ = f"the branch `{request.branch}` is there already, at {there[:12]}, and was left as it is"
    raise _refused(codes.BRANCH_EXISTS, message_, "give another name with `--branch`, or delete it")


def _there(repository: Repository, writer: Writer, request: Request, commit: str, locked: Locked, said: str) -> str:
    """The commit that the remote has instead, where it says the same. Raises Refused where it does not."""
    remote, branch = request.remote or "", request.branch
    tip = writer.tip(remote, branch)
    if tip is None or writer.has(commit, tip.commit):
        kept = writer.keep(branch, commit)
        reason = ", ".join(said.splitlines()) or "it says no more"
        message_ = f"{remote} does not take `{branch}`: {reason}"
        raise _refused(codes.NOT_PUSHED, message_, f"the commit is kept as the branch `{kept}` here")
    if Commit(repository, tip.commit).files([locked.file]).get(locked.file) == locked.text.encode():
        return tip.commit
    kept = writer.keep(branch, commit)
    message_ = f"somebody else was faster: `{branch}` of {remote} is at {tip}"
    help_ = f"run the command again, which begins there; this one is kept as the branch `{kept}` here"
    raise _refused(codes.OVERTAKEN, message_, help_)


def _refused(code: Code, message_: str, help_: str) -> Refused:
    return Refused([Diagnostic(code, Place.start_of("fairlead.yaml"), message_, help_)])
