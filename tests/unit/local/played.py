"""Processes that are played in this one: a step's program is called as a function, with its variables and its folder.

What an engine makes of steps doesn't depend on how they are run, so most tests need no process; those that stop, kill
or time one have real ones.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from fairlead.local.process import Usage
from fairlead.steps.__main__ import main as real_step
from tests.unit.local import own_steps

LOOKS = 2
"""How often the engine looks before a step has ended, so that steps which may run at once do."""


class Played:
    """Stands in for `fairlead.local.process.Process`."""

    codes: ClassVar[dict[str, int]] = {}
    """With which code steps end without doing anything, by FAIRLEAD_STEP."""
    timed_out = False
    asked = False
    seconds = 0.0
    used = Usage(256 << 20, 1.5, 2.0)
    ran_out_of_memory = False

    def __init__(
        self, argv: Sequence[str], *, folder: Path, variables: Mapping[str, str], log: Path, timeout: float
    ) -> None:
        self._looks = LOOKS
        self._code = self.codes.get(variables["FAIRLEAD_STEP"], 0)
        if self._code:
            return
        with (
            log.open("a", encoding="utf-8") as stream,
            contextlib.redirect_stdout(stream),
            contextlib.redirect_stderr(stream),
            contextlib.chdir(folder),
            patch.dict(os.environ, variables, clear=True),
            patch.object(subprocess, "run", _run),
        ):
            self._code = self._play(list(argv))

    def _play(self, argv: list[str]) -> int:
        try:
            if Path(argv[-2]).name == "own_steps.py":
                return own_steps.main(argv[-1])
            runpy.run_path(argv[-1], run_name="__main__")
        except SystemExit as left:
            return left.code if isinstance(left.code, int) else 1 if left.code else 0
        return 0

    def poll(self) -> int | None:
        self._looks -= 1
        return self._code if self._looks < 0 else None

    def stop(self, grace: float = 0.0) -> None:
        self._looks = 0


def _run(argv: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
    """Fairlead's own steps that are the real ones."""
    assert argv[:3] == [sys.executable, "-m", "fairlead.steps"]
    return subprocess.CompletedProcess(argv, real_step(argv[3:]))
