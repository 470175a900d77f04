"""Whether a project still is as it was read: commands take their time, and people go on working meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.workspace.cache.inputs import digest_of
from fairlead.workspace.codes import CHANGED
from fairlead.workspace.discover import lock_names, spec_files
from fairlead.workspace.load import Workspace


def refuse_changed(workspace: Workspace, files: Iterable[str] | None = None) -> None:
    """Raises Refused where one of `files`, or of all that were read, is no longer as it was, or others have come.

    What would be written is about what was read. Of two commands at a time, the one that read first may be the one that
    writes last, and would bring the older state back.
    """
    checked = list(workspace.read) if files is None else list(files)
    changed = [file for file in checked if digest_of(workspace.root / file) != workspace.read.get(file)]
    if files is None and not changed and workspace.project is not None:
        try:
            specs = spec_files(workspace.root, workspace.project.specs)
            found = {*specs, *lock_names(workspace.root, specs)}
        except OSError:
            found = set()
        changed = sorted(found ^ {*workspace.files, *workspace.locks})
    if changed:
        raise Refused([_changed(file) for file in changed])


def _changed(file: str) -> Diagnostic:
    return Diagnostic(
        CHANGED,
        Place.start_of(file),
        f"{file} changed after it was read, and nothing was written",
        "run the command again",
    )
