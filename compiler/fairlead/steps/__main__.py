"""`python -m fairlead.steps NAME`: runs one of Fairlead's own steps and leaves with an exit code of the contract."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Sequence
from typing import Final

from fairlead.remote.failures import RemoteFailure
from fairlead.steps import measure
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure

STEPS: Final = {
    "admit": "fairlead.steps.admit",
    "check": "fairlead.steps.check",
    "choose": "fairlead.steps.choose",
    "drift": "fairlead.steps.drift",
    "evaluate": "fairlead.steps.evaluate",
    "fetch": "fairlead.steps.fetch",
    "fetch-champion": "fairlead.steps.fetch_champion",
    "gate": "fairlead.steps.gate",
    "open-run": "fairlead.steps.open_run",
    "propose": "fairlead.steps.propose",
    "quality": "fairlead.steps.quality",
    "register": "fairlead.steps.register",
    "report": "fairlead.steps.report",
    "score": "fairlead.steps.score",
    "snapshot": "fairlead.steps.snapshot",
    "split": "fairlead.steps.split",
    "upload": "fairlead.steps.upload",
}
"""The steps by name, each with the module that has its `run(context)`."""

WRONG_USE: Final = 2
"""The exit code for a step that does not exist."""


def main(arguments: Sequence[str]) -> int:
    """Runs the step that is named, and gives its exit code: 0, 1, 10 for refused, 11 for bad data."""
    if len(arguments) != 1 or arguments[0] not in STEPS:
        known = ", ".join(sorted(STEPS))
        said = f"`{' '.join(arguments)}` is no step" if arguments else "no step is named"
        sys.stderr.write(f"{said}; there are {known}\n")
        return WRONG_USE
    started = time.monotonic()
    try:
        importlib.import_module(STEPS[arguments[0]]).run(Context.from_environment())
    except StepFailure as failure:
        _tell(failure.word, failure.message, failure.help)
        return failure.exit_code
    except RemoteFailure as failure:
        _tell(StepFailure.word, failure.message, failure.help)
        return StepFailure.exit_code
    finally:
        measure.tell(time.monotonic() - started)
    return 0


def _tell(word: str, message: str, help_: str) -> None:
    sys.stderr.write(f"{word}: {message}\n")
    if help_:
        sys.stderr.write(f"  = help: {help_}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
