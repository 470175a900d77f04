"""Why a model can't be served."""

from __future__ import annotations


class Unloadable(Exception):
    """The model can't be loaded; the text says why."""

    def __init__(self, message: str, help_: str | None = None) -> None:
        super().__init__(message)
        self.help = help_
        """What to do, where that is not to write what the runtime expects."""
