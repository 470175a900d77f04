"""Reading the tree as it is: the only module of the output that looks at files before the swap."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from fairlead.output.desired import PROJECT, Owner
from fairlead.output.inventory import INVENTORY
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

LINKED = Code(
    "FL6012",
    "the output leads through a symbolic link",
    """
    A folder between the repository's root and a generated file is a symbolic link.

    What is written through it could lie outside the repository, where no review sees it. And the folder that a swap
    exchanges would be the link and not what it points to.

    Wrong:

    ```console
    $ ln -s /srv/manifests rendered
    ```

    Right: let `output` in fairlead.yaml name a folder of this repository. If another place needs the files, copy them
    there after compiling, or point the reconciler at this repository.
    """,
)

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Blocked(Exception):
    """Raised where something other than a regular file stands at a path; the message says what."""


class Disk:
    """The files below a repository's root, by their path relative to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._prefix = f"{root}/"
        self._folders: dict[str, str | None] = {"": None, ".": None}

    def read(self, path: str) -> bytes | None:
        """The content of the file at `path`; None where there is nothing. Raises `Blocked`."""
        try:
            handle = os.open(self._prefix + path, _FLAGS)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK):
                raise Blocked("a symbolic link") from error
            if error.errno == errno.ENOTDIR:
                raise Blocked("a file where a folder is needed") from error
            if error.errno == errno.ENXIO:
                raise Blocked("no regular file") from error
            raise
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise Blocked("a folder" if stat.S_ISDIR(found.st_mode) else "no regular file")
            content = os.read(handle, found.st_size + 1)
            while len(content) <= found.st_size and (more := os.read(handle, 1 << 20)):
                content += more
            return content
        finally:
            os.close(handle)

    def place(self, path: str) -> str:
        """Where the file at `path` is, for the system."""
        return self._prefix + path

    def link_above(self, path: str) -> str | None:
        """The first folder on the way to `path` that is a symbolic link; None where none is. Remembers what it saw."""
        folder = path.rpartition("/")[0]
        if folder in self._folders:
            return self._folders[folder]
        above = self.link_above(folder)
        if above is None and Path(self._prefix + folder).is_symlink():
            above = folder
        self._folders[folder] = above
        return above

    def owners(self, output: PurePosixPath) -> Iterator[Owner]:
        """The owners that have an inventory below `output`, in order."""
        for environment in self._folders_of(str(output)):
            folder = f"{output}/{environment}"
            if environment == PROJECT:
                if self._has(f"{folder}/{INVENTORY}"):
                    yield Owner()
                continue
            for pipeline in self._folders_of(folder):
                if self._has(f"{folder}/{pipeline}/{INVENTORY}"):
                    yield Owner(environment, None if pipeline == PROJECT else pipeline)

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands at `path`, and not a link to one."""
        try:
            return stat.S_ISDIR(os.lstat(self._prefix + path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def _has(self, path: str) -> bool:
        return os.path.lexists(self._prefix + path)

    def _folders_of(self, path: str) -> list[str]:
        try:
            with os.scandir(self._prefix + path) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError):
            return []


def check_output(root: Path, output: PurePosixPath) -> None:
    """Refuses an output folder that is not one below `root`, reached without symbolic links."""
    from fairlead.output.claims import OUTSIDE
    from fairlead.output.inventory import path_problem

    problem = path_problem(f"{output}/x") if str(output) != "." else None
    if problem:
        message = f"the output folder {str(output)!r} {problem}"
        raise Refused(
            [Diagnostic(OUTSIDE, Place.start_of("fairlead.yaml"), message, "name a folder of this repository")]
        )
    if link := Disk(root).link_above(f"{output}/x"):
        raise Refused([linked(link)])


def linked(link: str) -> Diagnostic:
    """The diagnostic for a symbolic link on the way to the output."""
    return Diagnostic(
        LINKED,
        Place.start_of(link),
        f"{link} is a symbolic link, and generated files lie behind it",
        "put a real folder in its place, or let `output` in fairlead.yaml name another",
    )
