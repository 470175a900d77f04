"""The command line as a process, on repositories that are nobody's: exit codes 0, 1 and 2, in time, no traceback."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.candidates import record
from tests.fuzz.bundle import PIPE, Bundle
from tests.fuzz.oracle import Finding, check_characters
from tests.projects import CHURN, FAIRLEAD

ALLOWED: Final = (0, 1, 2)
SECONDS: Final = 120
"""Of the clock: enough for a command on a busy machine, and an end for one that waits for what never comes."""
MEMORY: Final = 2 * 2**30
_PROGRAM: Final = "import sys; from fairlead.cli.main import main; sys.argv[0] = 'fairlead'; main()"
_DIGEST: Final = "sha256:" + "a" * 64
_NAME, _RECORD = record()

COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("validate",),
    ("validate", "--format", "json"),
    ("validate", "--format", "sarif", "specs"),
    ("validate", "specs/churn.yaml", "nowhere", "\x1b[31m"),
    ("compile",),
    ("compile", "--jobs", "2", "--no-cache"),
    ("compile", "-e", "staging", "-t", "kserve"),
    ("check",),
    ("check", "--format", "github"),
    ("fmt",),
    ("fmt", "--check"),
    ("fmt", "--diff", "specs/churn.yaml"),
    ("graph", "churn"),
    ("graph", "specs/churn.yaml", "--format", "svg", "--out", "out/graph.svg"),
    ("explain", "rendered/staging/churn/kustomization.yaml:3"),
    ("explain", "specs/churn.yaml:99999999999999999999"),
    ("explain", "FL9999"),
    ("lock", "churn", "-e", "staging", "--image", f"ghcr.io/acme/churn@{_DIGEST}"),
    ("lock", "churn", "-e", "staging", "--candidate", _NAME),
    ("targets",),
    ("schema",),
)
"""Of each command something, and something that is wrong."""


def seeds() -> tuple[bytes, ...]:
    """A small repository for each command, with what the commands read besides specifications."""
    journal = b'{"version": 1, "moves": []}'
    inventory = b'{"version": 1, "compiler": "0", "environment": "staging", "pipeline": "churn", "files": []}'
    files = {
        "fairlead.yaml": FAIRLEAD.encode(),
        "specs/churn.yaml": CHURN.encode(),
        _NAME: _RECORD,
        ".fairlead/journal.json": journal,
        ".fairlead/cache/" + "a" * 40: b"a" * 64 + b"\n{}",
        "rendered/staging/churn/inventory.json": inventory,
    }
    piped = {**files, "specs/churn.staging.lock.yaml": PIPE, "specs/churn.production.lock.yaml": PIPE}
    return tuple(Bundle(each, command).encode() for command in COMMANDS for each in (files, piped))


class Processes:
    """Runs the command of a bundle in its folder, with a home and a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, data: bytes) -> None:
        bundle = Bundle.decode(data)
        project = self._folder / "process"
        shutil.rmtree(project, ignore_errors=True)
        bundle.unpack(project)
        command = [word for word in bundle.command or ("validate",) if "\0" not in word]
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._folder),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "LC_ALL": "C.UTF-8",
        }
        try:
            done = subprocess.run(
                [sys.executable, "-c", _PROGRAM, *command],
                cwd=project,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                preexec_fn=_limited,
            )
        except subprocess.TimeoutExpired as error:
            raise Finding(f"`{' '.join(command)}` is not done after {SECONDS} s") from error
        said = done.stderr.decode("utf-8", "backslashreplace")
        if (
            done.returncode not in ALLOWED
            or "Traceback" in said
            or (project / ".fairlead" / "crash-report.txt").exists()
        ):
            raise Finding(f"`{' '.join(command)[:80]}` left with {done.returncode}: {said[-2000:]}")
        check_characters(said)
        if "--diff" not in command:  # which shows the file as it is
            check_characters(done.stdout.decode())


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
