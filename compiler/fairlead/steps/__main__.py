"""`python -m fairlead.steps NAME`: runs one of Fairlead's own steps and leaves with an exit code of the contract."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Final

from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure

STEPS: Final = {
    "choose": "fairlead.steps.choose",
    "gate": "fairlead.steps.gate",
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
    try:
        importlib.import_module(STEPS[arguments[0]]).run(Context.from_environment())
    except StepFailure as failure:
        sys.stderr.write(f"{failure.word}: {failure.message}\n")
        if failure.help:
            sys.stderr.write(f"  = help: {failure.help}\n")
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
