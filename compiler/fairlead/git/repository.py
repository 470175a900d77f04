"""A Git repository's commits, trees and files, read by the program `git` alone: no checkout, no network, no writing."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairlead.git import codes
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

_OTHERS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_LITERAL_PATHSPECS")
"""What a hook sets for the repository that it runs in; the one that we read is found from its folder."""
_SURROUNDINGS: Final = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    # A partial clone would fetch what it lacks. Newer versions know the first, and all know the second.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
LINK: Final = 0o120000
"""The mode of a symbolic link."""
SUBMODULE: Final = 0o160000
"""The mode of a submodule: a commit of another repository."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit. `path` is relative to the project's folder, and `size` in bytes."""

    path: str
    mode: int
    object: str
    size: int


class Repository:
    """The repository that a project lies in. Everything raises Refused where Git can't say."""

    def __init__(self, root: Path) -> None:
        """`root` is the project's folder; it may lie below the repository's."""
        self.root = root
        self.is_shallow = False
        self.prefix = ""
        inside = self._run("rev-parse", "--is-inside-work-tree", "--is-shallow-repository")
        words = inside.stdout.split()
        if inside.returncode != 0 or words[:1] != [b"true"]:
            raise self._no_repository(_said(inside))
        self.is_shallow = words[1:2] == [b"true"]
        prefix = os.fsdecode(self.output("rev-parse", "--show-prefix").removesuffix(b"\n"))
        self.prefix = prefix.rstrip("/")

    def commit(self, revision: str) -> str:
        """The full name of the commit that a revision stands for."""
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        name = found.stdout.strip().decode("ascii", "replace")
        if found.returncode == 0 and name:
            return name
        if self.is_shallow:
            message = f"there is no commit `{revision}` in this clone, which is shallow"
            help_ = f"fetch it first: `{self._fetch(revision)}`"
        else:
            message, help_ = f"there is no commit `{revision}`", f"fetch it first, as by `{self._fetch(revision)}`"
        raise _refused(codes.UNKNOWN_REVISION, message, help_)

    def merge_base(self, one: str, other: str) -> str:
        """The newest commit that both histories have; of several equally new ones, the first that Git names."""
        found = self._run("merge-base", one, other)
        name = found.stdout.split(b"\n")[0].decode("ascii", "replace").strip()
        if found.returncode == 0 and name:
            return name
        message = f"{one[:12]} and {other[:12]} have no commit in common here"
        deepen = "fetch more of the history: `git fetch --unshallow`, or as much as is needed: `git fetch --deepen=100`"
        help_ = deepen if self.is_shallow else "compare with base as it is now: `--exact-base`"
        raise _refused(codes.NO_COMMON_HISTORY, message, help_)

    def count(self, start: str, end: str) -> int:
        """How many commits lead from one to another."""
        return int(self.output("rev-list", "--count", f"{start}..{end}"))

    def entries(self, commit: str) -> list[Entry] | None:
        """The files of a commit below the project's folder; None where that folder is not there."""
        tree = self.output("rev-parse", "--verify", f"{commit}^{{tree}}").strip().decode()
        if self.prefix:
            self.output("cat-file", "-e", tree)
            found = self._run("rev-parse", "--verify", "--quiet", f"{commit}:{self.prefix}")
            tree = found.stdout.strip().decode()
            if found.returncode != 0 or self.output("cat-file", "-t", tree).strip() != b"tree":
                return None
        listed = self.output("ls-tree", "-r", "-z", "-l", "--full-tree", tree)
        return [_entry(line) for line in listed.split(b"\0") if line]

    def contents(self, objects: Iterable[str]) -> Iterator[bytes]:
        """What some files hold, in the order in which they are named."""
        names = list(objects)
        if not names:
            return
        given = self.output("cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode())
        position = 0
        for name in names:
            end = given.find(b"\n", position)
            words = given[position:end].split()
            if len(words) != 3 or words[1] != b"blob":
                reason = given[position:end].decode(errors="replace") or f"{name} missing"
                raise self._unreadable(reason)
            size = int(words[2])
            yield given[end + 1 : end + 1 + size]
            position = end + 1 + size + 1

    def setting(self, key: str) -> str | None:
        """What Git's configuration says for a key."""
        found = self._run("config", "--get", key)
        return os.fsdecode(found.stdout.removesuffix(b"\n")) if found.returncode == 0 else None

    def is_cut(self, commit: str) -> bool:
        """Whether a shallow clone ends at a commit: it has parents, and they are not here."""
        if not self.is_shallow:
            return False
        # What `git cat-file` shows is the object as it was made; every other command is told that it has no parents.
        header = self.output("cat-file", "commit", commit).partition(b"\n\n")[0].split(b"\n")
        parents = [line.split()[1].decode() for line in header if line.startswith(b"parent ")]
        return any(self._run("cat-file", "-e", parent).returncode != 0 for parent in parents[:1])

    def changed(self) -> list[str]:
        """The files below the project's folder that are not as in the commit checked out, untracked ones too."""
        listed = self.output("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", ".")
        start = len(f"{self.prefix}/") if self.prefix else 0
        return sorted(os.fsdecode(line[3:])[start:] for line in listed.split(b"\0") if line)

    def unmerged(self) -> list[str]:
        """The files below the project's folder that a merge has left in conflict."""
        listed = self.output("ls-files", "--unmerged", "-z", "--", ".")
        return sorted({os.fsdecode(line.partition(b"\t")[2]) for line in listed.split(b"\0") if line})

    def _fetch(self, revision: str) -> str:
        remote, _, branch = revision.partition("/")
        if branch and remote in self._remotes():
            return f"git fetch --no-tags {remote} {branch}:refs/remotes/{remote}/{branch}"
        return f"git fetch --no-tags {(self._remotes() or ['origin'])[0]} {re.split('[~^@]', revision)[0] or 'main'}"

    def _remotes(self) -> list[str]:
        found = self._run("remote")
        return found.stdout.decode(errors="replace").split() if found.returncode == 0 else []

    def output(self, *arguments: str, given: bytes | None = None) -> bytes:
        """What Git prints for arguments of a caller that reads and never writes."""
        done = self._run(*arguments, given=given)
        if done.returncode != 0:
            raise self._unreadable(_said(done) or f"`git {arguments[0]}` ended with {done.returncode}")
        return done.stdout

    def _run(self, *arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        surroundings = {key: value for key, value in os.environ.items() if key not in _OTHERS} | _SURROUNDINGS
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self.root,
                env=surroundings,
                input=given if given is not None else b"",
                capture_output=True,
                check=False,
            )
        except OSError as error:
            message = f"git can't be started: {error.strerror or error}"
            raise _refused(codes.NO_GIT, message, "install Git, or mend PATH") from None

    def _no_repository(self, reason: str) -> Refused:
        if "dubious ownership" in reason:
            message = "Git refuses this repository, for its folder belongs to somebody else"
            help_ = f"if you trust it: `git config --global --add safe.directory {self.root}`"
            return _refused(codes.UNREADABLE_OBJECTS, message, help_)
        message = "this folder is in no Git repository with a working tree"
        return _refused(
            codes.NO_REPOSITORY, message, "run it in a clone with files: not in a copy, nor a bare repository"
        )

    def _unreadable(self, reason: str) -> Refused:
        partial = self._run("config", "--get-regexp", r"^remote\..*\.promisor$").returncode == 0
        help_ = "see that the repository is whole: `git fsck`"
        if partial:
            help_ = "this clone is partial, and Fairlead fetches nothing: `git fetch --refetch --no-filter` does"
        elif self.is_shallow:
            help_ = "this clone is shallow: `git fetch --unshallow`"
        return _refused(codes.UNREADABLE_OBJECTS, f"Git says: {reason}", help_)


def _entry(line: bytes) -> Entry:
    about, _, path = line.partition(b"\t")
    mode, _, name, size = about.split()
    return Entry(os.fsdecode(path), int(mode, 8), name.decode(), 0 if size == b"-" else int(size))


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """The last line of what Git said, without its `fatal: `; the lines before it are hints."""
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    chosen: Sequence[str] = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[:1]
    return chosen[0].removeprefix("fatal: ").removeprefix("error: ") if chosen else ""


def _refused(code: Code, message: str, help_: str) -> Refused:
    return Refused([Diagnostic(code, Place.start_of("fairlead.yaml"), message, help_)])
