"""`fairlead fmt`: canonical formatting that keeps comments."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import open_project, project_option, say
from fairlead.cli.exits import DIFFERS
from fairlead.source.diagnostics import Refused

if TYPE_CHECKING:
    from fairlead.source.reader import Document


@dataclass(frozen=True)
class _File:
    """A file to format: where it is, what it holds, and what it should hold; None where it can't be read."""

    path: Path
    bytes: bytes
    document: Document
    wanted: str | None

    @property
    def is_canonical(self) -> bool:
        return self.wanted is None or self.bytes == self.wanted.encode()


class _Texts:
    """The texts of the files, for diagnostics that show lines."""

    def __init__(self, files: list[_File]) -> None:
        self._texts = {file.document.file: file.document.text for file in files}

    def text_of(self, file: str) -> str | None:
        return self._texts.get(file)


@click.command(name="fmt")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@project_option
@click.option("--check", "only_check", is_flag=True, help="Write nothing; leave with 2 where something would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def command(files: tuple[Path, ...], project: Path | None, only_check: bool, diff: bool) -> None:
    """Format FILES, or fairlead.yaml and all specifications of the project.

    Indentation, blanks, quotes and the order of keys become canonical; comments stay with what they are about, and
    nothing changes its meaning. A file that can't be read is reported and left alone.
    """
    found = [_read(path, shown) for path, shown in _chosen(files, project)]
    diagnostics = [diagnostic for file in found for diagnostic in file.document.diagnostics]
    say(diagnostics, _Texts(found), "text", err=True)
    changed = [file for file in found if not file.is_canonical]
    for file in changed:
        if diff:
            click.echo(_difference(file), nl=False)
        elif only_check:
            click.echo(file.document.file)
    if not (diff or only_check):
        _write(changed)
    _summary(len(changed), len(found), written=not (only_check or diff))
    if any(file.wanted is None for file in found):
        raise click.exceptions.Exit(1)
    if only_check and changed:
        raise click.exceptions.Exit(DIFFERS)


def _chosen(files: tuple[Path, ...], project: Path | None) -> Iterator[tuple[Path, str]]:
    """The files, each with the name that is shown of it."""
    if files:
        for path in files:
            yield path, path.as_posix()
        return
    from fairlead.project.model import Project
    from fairlead.source.reader import read_file
    from fairlead.spec.validate import validated
    from fairlead.workspace.discover import PROJECT_FILE, Inside, spec_files

    root = open_project(project)
    yield root / PROJECT_FILE, PROJECT_FILE
    document = read_file(root, PROJECT_FILE)
    model = validated(Project, document.root)[0] if document.root is not None else None
    inside = Inside(root)
    for name in spec_files(root, model.specs) if model else ():
        if root / name not in inside and (root / name).exists():
            raise click.ClickException(f"{name} leads out of the project: name the file that is meant instead")
        yield root / name, name


def _read(path: Path, shown: str) -> _File:
    from dataclasses import replace

    from fairlead.source.reader import read, read_bytes, read_file
    from fairlead.workspace.format import formatted

    resolved = Path(os.path.realpath(path))
    try:
        content = read_bytes(resolved)
    except (OSError, ValueError):
        document = read_file(resolved.parent, resolved.name)
        places = [replace(found, place=replace(found.place, file=shown)) for found in document.diagnostics]
        return _File(resolved, b"", replace(document, file=shown, diagnostics=places), None)
    document = read(shown, content)
    return _File(resolved, content, document, None if document.diagnostics else formatted(document))


def _difference(file: _File) -> str:
    import difflib

    assert file.wanted is not None
    before = file.document.text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, file.wanted.splitlines(keepends=True), file.document.file, file.document.file)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _write(files: list[_File]) -> None:
    """Replaces each file as a whole, so that an interruption leaves the old one; its mode stays.

    Files of a project are written under its lock. One that changed since it was read is left alone.
    """
    from itertools import groupby

    from fairlead.output.lock import locked
    from fairlead.output.replace import replace_file, replace_file_beside
    from fairlead.workspace.discover import project_root

    for root, group in groupby(files, lambda file: project_root(file.path.parent)):
        with ExitStack() as stack:
            try:
                if root is not None:
                    stack.enter_context(locked(root))
            except OSError as error:
                raise click.ClickException(f"{root} can't be written: {error.strerror or error}") from None
            except Refused as error:
                raise click.ClickException(str(error)) from None
            for file in group:
                assert file.wanted is not None
                name = file.document.file
                try:
                    if file.path.read_bytes() != file.bytes:
                        raise click.ClickException(f"{name} changed while it was formatted: run the command again")
                    content = file.wanted.encode()
                    replace_file(root, file.path, content) if root else replace_file_beside(file.path, content)
                except OSError as error:
                    raise click.ClickException(f"{name} can't be written: {error.strerror or error}") from None
                click.echo(name)


def _summary(changed: int, count: int, *, written: bool) -> None:
    did = "formatted" if written else "not canonical"
    files = f"{count} file{'' if count == 1 else 's'}"
    click.echo(f"{changed} of {files} {did}" if changed else f"{files} canonical already", err=True)
