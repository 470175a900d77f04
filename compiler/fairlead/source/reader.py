"""Reading a YAML file into nodes that know their place.

The language is YAML 1.2 with the core schema, read strictly: whatever two readers of YAML could understand in
different ways is an error with a place. All findings of a file come in one run, except behind a syntax error, because
nobody can say what the rest means.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from fairlead.source.characters import Lines, decode
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Node, Scalar
from fairlead.source.places import Place
from fairlead.source.structure import TOO_LARGE

MAX_BYTES: Final = 16 * 1024 * 1024
"""The largest file that is read. Kubernetes itself refuses objects of more than 1.5 MB."""

UNREADABLE: Final = Code(
    "FL1001",
    "file that can't be read",
    """
    A file does not exist, is a folder, or may not be read by the user that runs Fairlead. Nothing in it was checked.

    Wrong: a path with a typing mistake, or a link that points to nothing.

    ```
    fairlead validate specs/tumour-classifier.yaml
    ```

    Right: the path of a file that exists, relative to the project's root.

    ```
    fairlead validate specs/tumor-classifier.yaml
    ```
    """,
)

EMPTY: Final = Code(
    "FL1010",
    "empty document",
    """
    The file has no content: it is empty, or has nothing but blanks, comments and document markers. An empty file is
    more often a failed write or a bad merge than a wish.

    Wrong:

    ```yaml
    # the pipeline comes here
    ```

    Right: a document that says what it is, or no file.

    ```yaml
    apiVersion: fairlead.dev/v1
    kind: Pipeline
    ```
    """,
)


@dataclass(frozen=True)
class Document:
    """A file that was read.

    `root` is None where nothing could be made of it; `diagnostics` then say why. It may be there along with errors:
    then it holds everything but what was refused, so that later checks find their errors in the same run.
    """

    file: str
    text: str
    root: Node | None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends; a `Place`'s line 1 is the first."""
        return Lines(self.file, self.text).lines


def read(file: str, data: bytes) -> Document:
    """The document in `data`. Never raises: whatever is wrong is among its diagnostics.

    `file` is the name that places carry, relative to the project's root.
    """
    if len(data) > MAX_BYTES:
        message = f"the file has more than the {MAX_BYTES // 2**20} MiB that are read"
        help_ = "split it, or keep data out of specifications"
        return Document(file, "", None, [Diagnostic(TOO_LARGE, Place.start_of(file), message, help_)])
    text, findings = decode(file, data)
    if text is None:
        return Document(file, data.decode("utf-8", "replace"), None, findings)
    # Imported here because ruamel.yaml takes 30 ms, which commands that read nothing need not spend.
    from fairlead.source.composer import Composer

    composer = Composer(Lines(file, text), printable=not findings)
    composer.compose()
    findings += composer.diagnostics
    root = composer.root
    if not findings and (root is None or (isinstance(root, Scalar) and root.value is None and not root.text)):
        root = None
        help_ = "write a document into it, or delete it"
        findings.append(Diagnostic(EMPTY, Place.start_of(file), "the file has no content", help_))
    return Document(file, text, root, findings)


def read_bytes(path: Path) -> bytes:
    """What a regular file holds, up to one byte more than is allowed, which tells one that is too large.

    Raises OSError, also for a device or a pipe, which is not waited for, and ValueError for a name that no file has.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "It is a device or a pipe, which may never end", str(path))
        return stream.read(MAX_BYTES + 1)


def read_file(root: Path, relative: str) -> Document:
    """The document in the file `relative` (with forward slashes) under `root`. Never raises."""
    try:
        data = read_bytes(root / relative)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not valid"
        message = f"`{relative}` can't be read: {reason[:1].lower()}{reason[1:]}"
        help_ = "check the path and the file's permissions"
        return Document(relative, "", None, [Diagnostic(UNREADABLE, Place.start_of(relative), message, help_)])
    return read(relative, data)
