"""The history of a branch: what each of its commits changed, who made it, and whether its signature holds."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fairlead.git.repository import Repository

APPROVALS: Final = ("Reviewed-by", "Approved-by", "Acked-by", "Tested-by", "Co-authored-by", "Signed-off-by")
"""The trailers by which a commit's message names people."""
SIGNATURES: Final = {
    "G": "good",
    "U": "good, by a key of unknown validity",
    "B": "bad",
    "X": "good, and expired since",
    "Y": "good, by a key that has expired",
    "R": "good, by a key that was revoked",
    "E": "not verifiable here: the key is missing, or what verifies it",
}
"""What `%G?` of git-log says of a signature."""
_PROGRAMS: Final = {"openpgp": "gpg", "x509": "gpgsm"}
_FIELDS: Final = ("%H", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%s", "%(trailers:only,unfold)")
# Whatever somebody's configuration says: no colours, no notes, no renames, every path from the repository's root.
_PLAIN: Final = ("--no-color", "--no-notes", "--no-show-signature", "--no-mailmap", "--encoding=UTF-8")
_RAW: Final = ("--raw", "--no-abbrev", "-z", "--no-renames", "--no-relative", "--diff-merges=first-parent")
_MARK: Final = b"\x01"
_NOTHING: Final = frozenset("0")


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a commit did to a file, relative to the project's folder: the objects before and after, None for none."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A commit of the branch, and the files that it changed for the branch; for a merge, all that it brought."""

    commit: str
    files: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address, as the commit claims them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What Git makes of a commit's signature with the keys of this machine."""

    verdict: str
    signer: str
    key: str


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a commit and when: all of it is what the commit says, and only a signature proves any of it."""

    commit: str
    parents: tuple[str, ...]
    author: Person
    authored: str
    """UTC, as `2026-01-05T09:00:00Z`."""
    committer: Person
    committed: str
    """UTC, as `2026-01-05T09:00:00Z`."""
    subject: str
    trailers: tuple[tuple[str, str], ...] = ()
    """The people whom the message names, by the trailer that does."""
    signature: Signature | None = None


def steps(repository: Repository, head: str, patterns: Sequence[str]) -> list[Step]:
    """The commits of a branch that change files by some pathspecs, the oldest first, by first parents alone."""
    arguments = ("-c", "log.showRoot=true", "log", "--first-parent", f"--format={_MARK.decode()}%H", *_PLAIN, *_RAW)
    listed = repository.output(*arguments, head, "--", *patterns).split(b"\0")
    prefix = f"{repository.prefix}/" if repository.prefix else ""
    found: list[tuple[str, list[FileChange]]] = []
    tokens = iter(listed)
    for token in tokens:
        token = token.lstrip(b"\n")
        if token.startswith(_MARK):
            found.append((token[1:].strip().decode(), []))
        elif token.startswith(b":"):
            _, _, before, after, _ = token.decode().split()
            path = os.fsdecode(next(tokens))
            if path.startswith(prefix):
                found[-1][1].append(FileChange(path[len(prefix) :], _object(before), _object(after)))
    return [Step(commit, tuple(files)) for commit, files in reversed(found)]


def branch(repository: Repository, head: str, without: str | None = None) -> list[str]:
    """The commits of a branch by first parents, the oldest first; without those that another commit has as well."""
    other = [f"^{without}"] if without is not None else []
    return repository.output("rev-list", "--first-parent", "--reverse", head, *other).decode().split()


def merged(repository: Repository, merge: Made, paths: Sequence[str]) -> list[str]:
    """The commits that a merge brought and that touch some files, the oldest first."""
    if len(merge.parents) < 2 or not paths:
        return []
    others = [*merge.parents[1:], f"^{merge.parents[0]}"]
    literal = [f":(literal){path}" for path in paths]
    return repository.output("rev-list", "--reverse", *others, "--", *literal).decode().split()


def made(repository: Repository, commits: Iterable[str]) -> dict[str, Made]:
    """Who made some commits, by their names."""
    names = list(dict.fromkeys(commits))
    if not names:
        return {}
    form = "%x00".join((*_FIELDS, "%G?", "%GS", "%GF")) + "%x00"
    given = "".join(f"{name}\n" for name in names).encode()
    with _programs(repository) as settings:
        arguments = (*settings, "log", "--no-walk=unsorted", "--stdin", f"--format=tformat:{form}", *_PLAIN)
        answered = repository.output(*arguments, given=given)
    fields = [field.decode("utf-8", "replace") for field in answered.split(b"\0")]
    width = len(_FIELDS) + 3
    rows = [fields[start : start + width] for start in range(0, len(fields) - width + 1, width)]
    return {one.commit: one for one in map(_made, rows)}


def _made(row: Sequence[str]) -> Made:
    commit, parents, author, address, authored, committer, its, committed, subject, trailers, verdict, who, key = row
    signature = Signature(SIGNATURES[verdict], who, key) if verdict in SIGNATURES else None
    return Made(
        commit.strip(), tuple(parents.split()), Person(author, address), _time(authored), Person(committer, its),
        _time(committed), subject, tuple(_people(trailers)), signature,
    )  # fmt: skip


def _people(trailers: str) -> Iterator[tuple[str, str]]:
    known = {name.casefold(): name for name in APPROVALS}
    for line in trailers.splitlines():
        key, _, value = line.partition(":")
        if (name := known.get(key.strip().casefold())) is not None and value.strip():
            yield name, value.strip()


def _time(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"a time that no calendar has ({seconds or 'none'})"


def _object(name: str) -> str | None:
    return None if set(name) <= _NOTHING else name


@contextmanager
def _programs(repository: Repository) -> Iterator[list[str]]:
    """Settings under which what verifies signatures asks no key server and no list of revocations on the network."""
    with tempfile.TemporaryDirectory(prefix="fairlead-git-") as name:
        settings = []
        for form, program in _PROGRAMS.items():
            wanted = _configured(repository, form) or program
            if (found := shutil.which(wanted)) is None:
                continue
            wrapper = Path(name) / form
            quoted = "'" + found.replace("'", "'\\''") + "'"
            wrapper.write_text(f'#!/bin/sh\nexec {quoted} --disable-dirmngr "$@"\n', encoding="utf-8")
            wrapper.chmod(0o700)
            settings += ["-c", f"gpg.{form}.program={wrapper}"]
        yield settings


def _configured(repository: Repository, form: str) -> str | None:
    """The program that Git is told to verify with. The older name of the setting is that of OpenPGP alone."""
    keys = [f"gpg.{form}.program", *(["gpg.program"] if form == "openpgp" else [])]
    answers = (repository.setting(key) for key in keys)
    return next((answer for answer in answers if answer), None)
