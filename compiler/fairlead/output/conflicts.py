"""A merge that nobody has finished, in what is generated: the way out is to compile, and not to choose lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from fairlead.output.files import Blocked, Disk
from fairlead.output.inventory import INVENTORY
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place

MARKS: Final = (b"<<<<<<< ", b"\n>>>>>>> ")
"""Where a side begins and where the other one ends; what is generated has neither."""
_NAMED: Final = 3
"""Files that a message names."""

CONFLICT = Code(
    "FL6013",
    "a merge conflict in what is generated",
    """
    Two branches changed the same generated file, and Git left both sides in it. Neither side is right, nor is a choice
    among their lines: what the merged specifications and locks compile to is.

    Wrong: to edit the file.

    Right: resolve specifications and locks first. A lock is taken from one side as a whole, because its lines belong
    together:

    ```console
    $ git checkout --ours -- specs/churn.production.lock.yaml      # or --theirs
    $ git add specs
    ```

    Then take the generated folder as it was, and compile, which brings in what the other side changed:

    ```console
    $ git rm -rfq -- rendered && git checkout HEAD -- rendered
    $ fairlead compile
    $ git add rendered
    ```

    Where the marks were committed, name a commit before that in place of HEAD.
    """,
)


def has_conflict(content: bytes) -> bool:
    """Whether a file has the marks of both sides."""
    return MARKS[0] in content and MARKS[1] in content


def way_out(places: Iterable[str]) -> str:
    """What to do about conflicts in folders or files that are generated."""
    listed = " ".join(dict.fromkeys(places))
    # Not `git restore`, which refuses a file that one side has deleted.
    restore = f"git rm -rfq -- {listed} && git checkout HEAD -- {listed}"
    return f"resolve specifications and locks first, then compile: `{restore} && fairlead compile`"


def unfinished(disk: Disk, output: PurePosixPath, paths: Iterable[str]) -> tuple[Diagnostic | None, tuple[str, ...]]:
    """One finding for all of `paths` that have a conflict, and the folders and files that it is about."""
    found = [path for path in dict.fromkeys(paths) if _is_unfinished(disk, path)]
    if not found:
        return None, ()
    more = len(found) - _NAMED
    named = ", ".join(found[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    places = [str(output) if path.startswith(f"{output}/") else path for path in found]
    about = tuple(path.removesuffix(INVENTORY) if path.endswith(f"/{INVENTORY}") else path for path in found)
    return Diagnostic(
        CONFLICT, Place.start_of(found[0]), f"a merge has left conflicts in {named}", way_out(places)
    ), about


def instead(
    disk: Disk, output: PurePosixPath, refused: Sequence[Diagnostic], paths: Iterable[str] = ()
) -> list[Diagnostic]:
    """What is refused, with conflicts said once and in place of everything that only follows from them."""
    conflict, about = unfinished(disk, output, [*(each.place.file for each in refused), *paths])
    if conflict is None:
        return list(refused)
    return [conflict, *(each for each in refused if not each.place.file.startswith(about))]


def _is_unfinished(disk: Disk, path: str) -> bool:
    try:
        content = disk.read(path)
    except (Blocked, OSError):
        return False
    return content is not None and has_conflict(content)
