"""How a step says that it did not succeed: one clear sentence, one way out, and an exit code of the contract."""

from __future__ import annotations

from typing import ClassVar

from fairlead.plan import contract


class StepFailure(Exception):
    """A step can't do its work, for a reason that its user can mend: a server that is down, a file that is not there.

    `message` is one sentence that says what is wrong; `help` says what to do.
    """

    exit_code: ClassVar[int] = 1
    word: ClassVar[str] = "error"

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002 - the word that diagnostics use
        super().__init__(message)
        self.message = message
        self.help = help


class BadData(StepFailure):
    """Data is not as its contract says. Another attempt would meet the same data."""

    exit_code = contract.BAD_DATA
    word = "bad data"


class RefusedByGate(StepFailure):
    """A model that the gate does not let through."""

    exit_code = contract.REFUSED
    word = "refused"


def words_of(error: BaseException, limit: int = 300) -> str:
    """What a library says went wrong, on one line: without the stack of its own that some add, and not endless."""
    said = " ".join(str(error).partition("Stack trace:")[0].split())
    return f"{type(error).__name__}: {said[:limit]}{'…' if len(said) > limit else ''}"
