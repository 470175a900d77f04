"""`fairlead preview`: what a change does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairlead.cli.common import colour, open_project, project_option, say
from fairlead.cli.exits import DIFFERS, INPUT

if TYPE_CHECKING:
    from fairlead.preview.model import Preview

FORMATS = ("text", "markdown", "html", "json")
SMALLEST = 4_000


@click.command(name="preview")
@click.option("--base", required=True, metavar="REF", help="What to compare with: a branch, a tag or a commit.")
@click.option("--head", metavar="REF", help="The change, as a commit; the working tree otherwise.")
@click.option("--exact-base", is_flag=True, help="Compare with REF itself, and not with where head left it.")
@project_option
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="text is for a terminal, markdown for GitHub, html is a page for a browser, json is for programs.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=SMALLEST),
    metavar="BYTES",
    help="The longest Markdown; 65536 otherwise, as a comment may have. The summary of a run may have 1048576.",
)
@click.option("--diff", is_flag=True, help="Show every difference of a file in text.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option(
    "--also",
    "more",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=lambda _, __, values: [_also(value) for value in values],
    help="Write it in another format to a file as well; repeatable.",
)
@click.option("--exit-code", is_flag=True, help="Leave with 2 where there is a difference.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Worker processes; one for each processor otherwise.")
def command(
    base: str,
    head: str | None,
    exact_base: bool,
    project: Path | None,
    form: str,
    limit: int | None,
    diff: bool,
    out: Path | None,
    more: list[tuple[str, Path]],
    exit_code: bool,
    jobs: int | None,
) -> None:
    """Say what this change does, compared with Git: what is destroyed, what behaves otherwise, what it costs.

    Base is the commit where head left REF, as for `git diff REF...`. Both are compiled by this Fairlead from Git's
    objects and the working tree; nothing is checked out, fetched or written. Leaves with 0, with 1 where head does not
    compile, and with --exit-code with 2 where the desired state means something else than before.
    """
    from fairlead.cli.compile import processors
    from fairlead.git.repository import Repository
    from fairlead.preview.read import read
    from fairlead.source.diagnostics import Refused
    from fairlead.workspace.discover import project_root

    try:
        if project is None and project_root(Path.cwd()) is None:
            Repository(Path.cwd())  # what has no files has no fairlead.yaml either, and Git knows why
        root = open_project(project)
        result = read(root, base, head, exact=exact_base, jobs=jobs or processors())
    except Refused as error:
        say(error.diagnostics, None, "text", err=True)
        raise click.exceptions.Exit(INPUT) from None
    preview = result.preview
    if preview.failed:
        say(result.after.diagnostics, result.after.workspace, "text", err=True)
    for other, file in more:
        _to_file(_rendered(preview, other, None, diff=diff), file)
    _write(preview, form, limit, out, diff=diff)
    if preview.failed:
        raise click.exceptions.Exit(INPUT)
    if exit_code and preview.differs:
        raise click.exceptions.Exit(DIFFERS)


def _write(preview: Preview, form: str, limit: int | None, out: Path | None, *, diff: bool) -> None:
    if form == "text" and out is None and colour(sys.stdout):
        _on_terminal(preview, diff=diff)
        return
    text = _rendered(preview, form, limit, diff=diff)
    if out is None:
        click.echo(text, nl=False)
        return
    _to_file(text, out)
    click.echo(f"{preview.verdict}; wrote {out}", err=True)


def _also(value: str) -> tuple[str, Path]:
    form, equals, file = value.partition("=")
    if not equals or not file or form not in FORMATS:
        raise click.BadParameter(f"'{value}' is not FORMAT=FILE; formats are {', '.join(FORMATS)}")
    return form, Path(file)


def _to_file(text: str, file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror or error}") from None


def _rendered(preview: Preview, form: str, limit: int | None, *, diff: bool) -> str:
    if form == "json":
        from fairlead.preview.document import render_json

        return render_json(preview)
    if form == "html":
        from fairlead.preview.html import render_html

        return render_html(preview)
    if form == "markdown":
        from fairlead.preview.markdown import COMMENT, render_markdown

        return render_markdown(preview, limit or COMMENT)
    from fairlead.preview.text import render_text

    return render_text(preview, diff=diff)


def _on_terminal(preview: Preview, *, diff: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    from fairlead.preview.text import lines

    console = Console(highlight=False, soft_wrap=True)
    for line in lines(preview, diff=diff):
        console.print(Text(line.text, style=line.look))
