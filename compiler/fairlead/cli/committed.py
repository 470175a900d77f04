"""What commands that act on a cluster ask of the output first: that it is what compiling gives, and committed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

if TYPE_CHECKING:
    from fairlead.cli.compiling import Compiled
    from fairlead.output.desired import Assembled

NAMED = 8
"""Files that a message names."""


def committed(result: Compiled, assembled: Sequence[Assembled], folder: PurePosixPath, *, allow_dirty: bool) -> str:
    """The commit that is checked out; nothing where what is below `folder` need not be in it.

    Raises Refused where the output is not what compiling gives, or not as in that commit.
    """
    from fairlead.apply import codes
    from fairlead.git.repository import Repository
    from fairlead.output.check import check
    from fairlead.output.swap import settle

    root = result.workspace.root
    settle(root)
    drifts = [each.path for each in check(root, result.output, assembled, result.compilation.selection)]
    if drifts:
        help_ = "run `fairlead compile` and commit the result; `fairlead check --diff` shows the differences"
        raise _differs(codes.NOT_COMPILED, drifts, "not what compiling gives", help_)
    if allow_dirty:
        return ""
    repository = Repository(root)
    commit = repository.commit("HEAD")
    changed = {path for path in repository.changed() if path.startswith(f"{folder}/")}
    # What .gitignore names is no change to Git, and in no commit either.
    known = {entry.path for entry in repository.entries(commit) or ()}
    made = {file.path for one in assembled for file in one.files if file.path.startswith(f"{folder}/")}
    dirty = sorted(changed | (made - known))
    if dirty:
        help_ = "commit first, or say --allow-dirty in a cluster that only you use"
        raise _differs(codes.NOT_COMMITTED, dirty, "not as in the commit that is checked out", help_)
    return commit


def _differs(code: Code, paths: list[str], what: str, help_: str) -> Refused:
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    message = f"{', '.join(paths[:NAMED])}{more} {'is' if len(paths) == 1 else 'are'} {what}"
    return Refused([Diagnostic(code, Place.start_of(paths[0]), message, help_)])
