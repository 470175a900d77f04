"""What a command printed, so that the cache can have it said again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import colour

if TYPE_CHECKING:
    from fairlead.workspace.cache.run import Run, Said


class Transcript:
    """Prints, and keeps what it printed."""

    def __init__(self) -> None:
        self._texts = {False: "", True: ""}

    def print(self, text: str, *, err: bool = False) -> None:
        """Prints a text that ends its last line itself."""
        click.echo(text, err=err, nl=False)
        self._texts[err] += text

    def line(self, text: str, *, err: bool = False) -> None:
        """Prints a line."""
        self.print(f"{text}\n", err=err)

    def said(self, files: int = 0) -> Said:
        """Everything so far, and how many files are now as they should be."""
        from fairlead.workspace.cache.run import Said

        return Said(self._texts[False], self._texts[True], files)


def repeat(said: Said) -> None:
    """Prints what an earlier run said."""
    click.echo(said.err, err=True, nl=False)
    click.echo(said.out, nl=False)


def run_of(
    root: Path, command: str, options: dict[str, object], specs: tuple[Path, ...], tree: Path | None, *, whole: bool
) -> Run:
    """A run as the cache knows it: with everything on the command line, and whether its output has colour."""
    import sys

    from fairlead.workspace.cache.run import Run, Tree

    asked = {
        **options,
        "specs": [str(path) for path in specs],
        "from": str(Path.cwd()) if specs else "",
        "colour": [colour(sys.stdout), colour(sys.stderr)],
    }
    return Run(root, command, asked, Tree(tree, whole) if tree is not None else None)
