"""The runs of a pipeline on this machine: their logs, and what it takes to go on where one was interrupted."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from fairlead.local.outcomes import Claim
from fairlead.output.replace import replace_file_beside
from fairlead.plan import contract

KEPT = 20
"""How many runs' logs are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of a run."""

    run: str
    """The value of FAIRLEAD_RUN_ID."""
    fingerprint: str
    """What the specification asked for. A run is continued only by one that asks for the same."""
    mlflow_run: str | None = None
    trials: tuple[str, ...] = ()
    """MLflow's runs of the trials, by their index."""
    status: str | None = None
    """How it ended: `succeeded`, `refused` or `failed`; None while it runs, and for ever where it was interrupted."""


class History:
    """One run, held by this process: its folder has `state.json`, `logs/` and `work/`."""

    def __init__(self, folder: Path, state: State, claim: Claim, *, continued: bool = False) -> None:
        self.folder = folder
        self.state = state
        self.continued = continued
        """Whether it goes on where a run was interrupted."""
        self._claim = claim
        for name in ("logs", "work"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @classmethod
    def begin(cls, folder: Path, fingerprint: str) -> Self:
        """A run: the last one, if it was interrupted and asked for the same, and else a new one. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        newest = True
        for path in reversed(_runs(folder)):
            claim = Claim.of(path / "lock")
            if claim is None:
                continue  # it is running now
            state = _read(path)
            if state is not None and state.status is None:
                kill_left(state.run)
            shutil.rmtree(path / "work", ignore_errors=True)
            if newest and state is not None and state.status is None and state.fingerprint == fingerprint:
                return cls(path, state, claim, continued=True)
            newest = False
            claim.release()
        _forget(folder)
        run = f"run-{datetime.now(UTC):%Y%m%d-%H%M%S}-{token_hex(4)}"
        draft = folder / f".{run}"
        draft.mkdir()
        claim = Claim.of(draft / "lock")
        assert claim is not None, "nobody else knows the name"
        # The lock is held before anybody can see the folder, so that nobody takes it for one that was left.
        draft.rename(folder / run)
        history = cls(folder / run, State(run=run, fingerprint=fingerprint), claim)
        history.note()
        return history

    def note(self, **changes: Any) -> None:
        """Writes down what has become known. Raises OSError."""
        self.state = replace(self.state, **changes)
        content = json.dumps(asdict(self.state), indent=2, sort_keys=True) + "\n"
        replace_file_beside(self.folder / "state.json", content.encode())

    def log(self, file_name: str) -> Path:
        """Where a step's log is."""
        return self.folder / "logs" / f"{file_name}.log"

    def work(self, file_name: str) -> Path:
        """An empty folder for an attempt of a step. Raises OSError."""
        folder = self.folder / "work" / f"{file_name}-{token_hex(4)}"
        for name in ("out", "results", "tmp"):
            (folder / name).mkdir(parents=True)
        return folder

    def close(self) -> None:
        """Ends the hold on the run."""
        shutil.rmtree(self.folder / "work", ignore_errors=True)
        self._claim.release()


def kill_left(run: str) -> None:
    """Ends what a run that was killed has left behind: its steps know it by their FAIRLEAD_RUN_ID."""
    mark = f"{contract.RUN_ID}={run}".encode()
    for process in _processes():
        with suppress(OSError):
            if mark in (Path("/proc") / str(process) / "environ").read_bytes().split(b"\0"):
                os.kill(process, signal.SIGKILL)


def _processes() -> Iterator[int]:
    with suppress(OSError):
        for path in Path("/proc").iterdir():
            if path.name.isdecimal() and int(path.name) != os.getpid():
                yield int(path.name)


def _runs(folder: Path) -> list[Path]:
    """The folders of all runs, the oldest first."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name.startswith("run-"))


def _read(folder: Path) -> State | None:
    try:
        said = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        return State(**{**said, "trials": tuple(said["trials"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _forget(folder: Path) -> None:
    """Deletes the oldest runs' folders: outcomes are elsewhere, so what goes are logs."""
    for path in _runs(folder)[:-KEPT]:
        claim = Claim.of(path / "lock")
        if claim is not None:
            shutil.rmtree(path, ignore_errors=True)
            claim.release()
