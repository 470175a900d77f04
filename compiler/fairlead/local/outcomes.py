"""What steps gave, kept under a key that names everything it depends on.

    .fairlead/runs/<pipeline>/known/<key>.json     says where the outcome is, and what its digests are
    .fairlead/runs/<pipeline>/outcomes/<id>/       out/<output>, results/<result>, log.txt: never changed again
    .fairlead/runs/<pipeline>/busy/<key>           locked by the run that is working on it

A step writes into a folder of its own. Once it has succeeded, that folder is renamed into `outcomes`, and then the file
in `known` is put in place, whole: a kill at any moment leaves the outcome or its absence, and nothing in between.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from fairlead.local.digests import path_digest
from fairlead.local.step import Step
from fairlead.output.replace import replace_file_beside

VERSION = 1
STALE = 3600
"""Seconds after which an outcome that no key leads to is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step that succeeded gave."""

    key: str
    folder: Path
    outputs: Mapping[str, str | None]
    """The digest of each output by name; None for one that was not written and need not be."""
    results: Mapping[str, str]
    run: str
    """The run that the step ran in."""
    mlflow_run: str | None
    """MLflow's run, where one was open."""
    seconds: float
    """How long it took."""
    usage: Mapping[str, Any] | None = None
    """What it used when it ran, as FAIRLEAD_USAGE has it; None where that isn't known."""
    unchanged: bool = False
    """Whether it was known already."""

    def path(self, output: str) -> Path:
        """Where an output is."""
        return self.folder / "out" / output

    @property
    def log(self) -> Path:
        """What the step wrote to its standard streams."""
        return self.folder / "log.txt"


class Outcomes:
    """The outcomes of one pipeline's steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("known", "outcomes", "busy"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Outcome | None:
        """The outcome that is known under a key; None where there is none, or where its files are not there."""
        try:
            said = json.loads((self.folder / "known" / f"{key}.json").read_text(encoding="utf-8"))
            folder = self.folder / "outcomes" / str(said["folder"])
            outcome = Outcome(
                key=key,
                folder=folder,
                outputs=dict(said["outputs"]),
                results=dict(said["results"]),
                run=str(said["run"]),
                mlflow_run=said["mlflow_run"],
                seconds=float(said["seconds"]),
                usage=said.get("usage"),
                unchanged=True,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if said.get("version") != VERSION:
            return None
        there = all(digest is None or os.path.lexists(outcome.path(name)) for name, digest in outcome.outputs.items())
        return outcome if there and folder.is_dir() else None

    def put(
        self,
        key: str,
        work: Path,
        step: Step,
        *,
        run: str,
        mlflow_run: str | None,
        seconds: float,
        usage: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Keeps what a step that succeeded has left in `work`, which is gone afterwards. Raises OSError."""
        name = f"{step.file_name}-{token_hex(8)}"
        outcome = Outcome(
            key=key,
            folder=self.folder / "outcomes" / name,
            outputs={each.name: _digest(work / "out" / each.name) for each in step.outputs},
            results={each: _text(work / "results" / each) for each in step.results},
            run=run,
            mlflow_run=mlflow_run,
            seconds=seconds,
            usage=usage,
        )
        _settle(work / "out")
        work.rename(outcome.folder)
        said: dict[str, Any] = {
            "version": VERSION,
            "step": step.id,
            "folder": name,
            "outputs": dict(outcome.outputs),
            "results": dict(outcome.results),
            "run": run,
            "mlflow_run": mlflow_run,
            "seconds": round(seconds, 3),
            "usage": dict(usage) if usage is not None else None,
        }
        content = json.dumps(said, indent=2, sort_keys=True) + "\n"
        replace_file_beside(self.folder / "known" / f"{key}.json", content.encode())
        return outcome

    def sweep(self) -> None:
        """Deletes outcomes that no key leads to any more, and have not for an hour: nobody is reading them."""
        kept = set()
        for path in (self.folder / "known").iterdir():
            with suppress(OSError, ValueError, KeyError, TypeError):
                kept.add(json.loads(path.read_text(encoding="utf-8"))["folder"])
        for path in (self.folder / "outcomes").iterdir():
            if path.name not in kept and path.stat().st_mtime < time.time() - STALE:
                shutil.rmtree(path, ignore_errors=True)

    def claim(self, key: str) -> Claim | None:
        """The right to work on a key; None where another run, or another step of this one, has it."""
        return Claim.of(self.folder / "busy" / key)


class Claim:
    """A lock on a file, which ends with the process that holds it, however it ends."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def of(cls, path: Path) -> Claim | None:
        """The lock on the file at `path`, or None where somebody else has it. Raises OSError."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def release(self) -> None:
        """Lets others have it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _digest(path: Path) -> str | None:
    return path_digest(path) if path.exists() else None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def _settle(folder: Path) -> None:
    """Brings the files to the disk, and takes the right to write from them.

    A step that changed its input in place would change what is kept.
    """
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.is_symlink():
                continue
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
            path.chmod(path.stat().st_mode & ~0o222)
