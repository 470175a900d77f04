"""Several files, and the command that reads them, in one input: so that a finding is one file that repeats it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PIPE: Final = b"a pipe\n"
"""The content of a file that is a pipe instead, to which nobody writes."""
_HEAD: Final = b"%%% "
_COMMAND: Final = b"%%%$ "


@dataclass(frozen=True)
class Bundle:
    """Files by their paths, and the arguments of a command, one a line of the bundle's head."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    command: tuple[str, ...] | None = None

    def encode(self) -> bytes:
        """The bundle as bytes. Lines of files that look like the head of one would be taken for it."""
        parts = [] if self.command is None else [_COMMAND + repr(list(self.command)).encode() + b"\n"]
        parts += [
            _HEAD + os.fsencode(name) + b"\n" + content.rstrip(b"\n") + b"\n" for name, content in self.files.items()
        ]
        return b"".join(parts)

    @classmethod
    def decode(cls, data: bytes) -> Bundle:
        """The bundle in `data`, whatever it is; what stands before the first head belongs to no file."""
        import ast

        files: dict[str, bytes] = {}
        command: tuple[str, ...] | None = None
        for part in (b"\n" + data).split(b"\n%%%")[1:]:
            head, _, content = part.partition(b"\n")
            if head.startswith(b"$ "):
                try:
                    command = tuple(str(each) for each in ast.literal_eval(head[2:].decode()))
                except (ValueError, SyntaxError, UnicodeDecodeError, TypeError):
                    command = None
            elif head.startswith(b" "):
                files[os.fsdecode(head[1:])] = content.rstrip(b"\n") + b"\n"
        return cls(files, command)

    def unpack(self, folder: Path) -> None:
        """Writes the files below an emptied `folder`; those whose names no file can have are left out."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            parts = name.split("/")
            if "\0" in name or not set(parts).isdisjoint({"", ".", ".."}):
                continue
            path = folder / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                if content == PIPE:
                    os.mkfifo(path)
                else:
                    path.write_bytes(content)
            except OSError:
                continue  # a name that is too long, or a folder where a file is: such a bundle has one file less
