"""Bringing changes into the tree so that a crash at any moment leaves the old tree or the new one.

First everything is built in a staging folder: whatever goes wrong there, a full disk included, the tree is untouched.
Then the journal is written, and from there on only renames are left. One environment is exchanged in one step. Where
there are several steps and the process dies between them, the next command reads the journal and finishes them; where
a step fails, those before it are undone.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath

from fairlead.output import journal
from fairlead.output.changes import Changes
from fairlead.output.failures import denied
from fairlead.output.journal import JOURNAL, STAGING, Damaged, Move, State
from fairlead.output.lock import WORK, locked, work_folder
from fairlead.output.rename import flush_one
from fairlead.output.stage import Stager, units
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

STUCK = Code(
    "FL6011",
    "an interrupted compile can be neither finished nor undone",
    """
    An earlier command was stopped while it swapped new folders in. Its journal says what is left to do, but that fails,
    or the journal is damaged.

    Generated folders may now be a mixture of old and new, so nothing goes on before that is settled.

    Wrong: to commit what is there.

    Right: bring the tree back to what is committed, forget the interrupted command, and compile again.

    ```console
    $ git checkout -- rendered .github && rm -r .fairlead && fairlead compile
    ```
    """,
)


def apply(changes: Changes) -> None:
    """Makes `changes`, all or none. The caller holds the lock, and has recovered what was interrupted before planning.

    Nothing is touched where there are none. Raises `Refused` where the system doesn't let us write.
    """
    if changes.is_empty:
        return
    root = changes.root
    if is_interrupted(root):
        raise RuntimeError("an interrupted swap must be recovered before changes are planned")
    try:
        work_folder(root)
        _clear(root)
        staging = f"{WORK}/{STAGING}"
        (root / staging).mkdir()
        moves = Stager(root, staging).stage(units(changes))
        _carry_out(root, moves, begin=True)
    except OSError as error:
        if is_interrupted(root):
            raise Refused([_stuck(str(error))]) from error
        shutil.rmtree(root / WORK / STAGING, ignore_errors=True)
        raise Refused([denied(root, error, "written")]) from error
    _tidy(changes)
    # The swap is complete. What can't be removed here is in nobody's way, and the next command tries again.
    shutil.rmtree(root / WORK / STAGING, ignore_errors=True)


def recover(root: Path) -> bool:
    """Finishes or undoes a swap that was interrupted, and says whether there was one. The caller holds the lock.

    Raises `Refused` where neither is possible.
    """
    try:
        moves = journal.read(root)
        if moves is None:
            # A process that ended while it built, or while it cleaned up, left this behind.
            shutil.rmtree(root / WORK / STAGING, ignore_errors=True)
            return False
        if any(move.state(root) in (State.DONE, State.HALF) for move in moves):
            _carry_out(root, moves)
        else:
            journal.remove(root)
        _clear(root)
    except (OSError, Damaged) as error:
        raise Refused([_stuck(str(error))]) from error
    return True


def is_interrupted(root: Path) -> bool:
    """Whether an earlier swap waits to be finished or undone."""
    return journal.mark(root / WORK / JOURNAL) is not None


def settle(root: Path) -> bool:
    """`recover` under the lock, for a command that only reads; does nothing, and writes nothing, where all is well."""
    if not is_interrupted(root):
        return False
    try:
        with locked(root):
            return recover(root)
    except OSError as error:
        raise Refused([_stuck(str(error))]) from error


def _carry_out(root: Path, moves: list[Move], *, begin: bool = False) -> None:
    """Makes all moves, from writing the journal (`begin`) to ending it; undoes them where something fails."""
    try:
        if begin:
            journal.write(root, moves)
        for move in moves:
            move.forward(root)
        for folder in {(root / move.target).parent for move in moves}:
            flush_one(folder)
        journal.remove(root)
    except OSError:
        for move in reversed(moves):
            move.backward(root)
        journal.remove(root)
        raise


def _clear(root: Path) -> None:
    """Removes what earlier swaps left in staging."""
    staging = root / WORK / STAGING
    if staging.exists():
        shutil.rmtree(staging)


def _tidy(changes: Changes) -> None:
    """Removes the folders that lost their last file. Those inside an exchanged folder are gone already."""
    folders = {parent for path in changes.removes for parent in PurePosixPath(path).parents if str(parent) != "."}
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        # A folder that holds something else stays, and one that can't be removed does no harm.
        with suppress(OSError):
            (changes.root / folder).rmdir()


def _stuck(reason: str) -> Diagnostic:
    return Diagnostic(
        STUCK,
        Place.start_of(f"{WORK}/{JOURNAL}"),
        f"an earlier compile was interrupted and can be neither finished nor undone: {reason}",
        f"restore the generated folders from Git, delete {WORK}, and compile again",
    )
