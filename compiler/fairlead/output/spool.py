"""Contents that wait to be written, in bounded memory however many they are."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from errno import EIO
from typing import IO, Final

MEMORY: Final = 64 * 1024 * 1024
"""Bytes that stay in memory; what comes after them waits in a temporary file without a name."""


class Spool:
    """Takes contents, and gives each back when it is asked for."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._left = memory
        self._file: IO[bytes] | None = None
        self._end = 0

    def put(self, content: bytes) -> Blob:
        """Keeps `content`. Raises OSError, with the folder of temporary files."""
        if len(content) <= self._left:
            self._left -= len(content)
            return Blob(self, content, 0, len(content))
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="fairlead-")  # noqa: SIM115 - it lives as long as the spool
            self._file.write(content)
            self._file.flush()
        except OSError as error:
            # The system names no file, and people need to know which folder is full.
            raise OSError(error.errno or EIO, error.strerror or str(error), tempfile.gettempdir()) from error
        blob = Blob(self, None, self._end, len(content))
        self._end += len(content)
        return blob

    def read(self, offset: int, length: int) -> bytes:
        """What the temporary file holds there."""
        assert self._file is not None
        return os.pread(self._file.fileno(), length, offset)


@dataclass(frozen=True, slots=True)
class Blob:
    """One content, in memory or not."""

    spool: Spool
    content: bytes | None
    offset: int
    length: int

    def read(self) -> bytes:
        """The content."""
        return self.content if self.content is not None else self.spool.read(self.offset, self.length)
