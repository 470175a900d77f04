"""Bringing changes into the tree so that a crash at any moment leaves the old tree or the new one.

First everything is built in a staging folder: whatever goes wrong there, a full disk included, the tree is untouched.
Then the journal is written, and from there on only renames are left. One environment is exchanged in one step. Where
there are several steps and the process dies between them, the next command reads the journal and finishes them; where
a step fails, those before it are undone. Where the system moves no folders, there is a step for each file.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath

from fairlead.output import journal
from fairlead.output.changes import Changes
from fairlead.output.failures import denied, reading
from fairlead.output.journal import STAGING, Damaged, Move, State
from fairlead.output.lock import JOURNAL, WORK, locked, work_folder
from fairlead.output.rename import flush_one
from fairlead.output.replace import DRAFT
from fairlead.output.stage import Stager, Unit, units
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
        try:
            _swap(root, units(changes))
        except OSError as error:
            if error.errno != errno.EXDEV or is_interrupted(root):
                raise
            # A folder from a lower layer of an overlay, as in a container's image, can't be moved, but its files can.
            _clear(root)
            _swap(root, units(changes, whole=False))
    except OSError as error:
        raise Refused([_failed(root, error)]) from error
    _tidy(changes)
    # The swap is complete. What can't be removed here is in nobody's way, and the next command tries again.
    with suppress(OSError):
        _clear(root)


def recover(root: Path) -> bool:
    """Finishes or undoes a swap that was interrupted, and says whether there was one. The caller holds the lock.

    Raises `Refused` where neither is possible.
    """
    try:
        moves = journal.read(root)
        if moves is None:
            # A process that ended while it built, or while it cleaned up, left something behind.
            with suppress(OSError):
                _clear(root)
            return False
        if any(move.state(root) in (State.DONE, State.HALF) for move in moves):
            _carry_out(root, moves)
        else:
            journal.remove(root)
    except OSError as error:
        raise Refused([_failed(root, error)]) from error
    except Damaged as error:
        raise Refused([_stuck(str(error))]) from error
    with suppress(OSError):
        _clear(root)
    return True


def is_interrupted(root: Path) -> bool:
    """Whether an earlier swap waits to be finished or undone. Raises `Refused` where that can't be told."""
    with reading(root):
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


def _swap(root: Path, wanted: list[Unit]) -> None:
    _carry_out(root, Stager(root, f"{WORK}/{STAGING}").stage(wanted), begin=True)


def _carry_out(root: Path, moves: list[Move], *, begin: bool = False) -> None:
    """Makes all moves, from writing the journal (`begin`) to ending it; undoes them where something fails."""
    try:
        if begin:
            journal.write(root, moves)
        for move in moves:
            move.forward(root)
        _flush(root, moves)
        journal.remove(root)
    except OSError:
        for move in reversed(moves):
            move.backward(root)
        _flush(root, moves)
        journal.remove(root)
        raise


def _flush(root: Path, moves: list[Move]) -> None:
    """Brings the moves to the disk, which has to be before the end of the journal is."""
    for folder in {(root / move.target).parent for move in moves}:
        # Somebody may have deleted it since a swap was interrupted.
        with suppress(FileNotFoundError):
            flush_one(folder)


def _clear(root: Path) -> None:
    """Removes what earlier commands left behind. Raises OSError."""
    (root / WORK / DRAFT).unlink(missing_ok=True)
    staging = root / WORK / STAGING
    if staging.is_symlink() or staging.is_file():
        staging.unlink()
    elif staging.exists():
        shutil.rmtree(staging)


def _failed(root: Path, error: OSError) -> Diagnostic:
    """What to say where the system refused: whether the tree is whole depends on whether the swap could be undone."""
    if not is_interrupted(root):
        with suppress(OSError):
            _clear(root)
        return denied(root, error, "written")
    return _stuck(str(error))


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
