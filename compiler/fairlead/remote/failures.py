"""What can go wrong with something that is reached over a network."""

from __future__ import annotations


class RemoteFailure(Exception):
    """A store, server or registry did not do what was asked of it.

    `message` is one sentence that names the address and says what is wrong; `help` says what to do.
    """

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002 - the word that diagnostics use
        super().__init__(message)
        self.message = message
        self.help = help


class Missing(RemoteFailure):
    """The other side answers, and has nothing of that name."""
