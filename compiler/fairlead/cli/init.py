"""`fairlead init`: a project that compiles, to start from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from fairlead.workspace.scaffold.answers import Answers

TEAM = "ml-team"
PLACEHOLDER = "acme"
"""The owner of a repository that nobody named; said to be a placeholder."""


@click.command(name="init")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--name", help="The first pipeline's name; the folder's otherwise.")
@click.option("--owner", help="The team that answers for it.")
@click.option("--repository", help="The repository, as owner/name; what Git calls `origin` otherwise.")
@click.option("--namespace", help="The namespace of production; staging gets the same with -staging.")
@click.option("--bucket", help="An object store for data and models, as s3://bucket.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing, and take a default for what is not given.")
def command(
    folder: Path,
    name: str | None,
    owner: str | None,
    repository: str | None,
    namespace: str | None,
    bucket: str | None,
    yes: bool,
) -> None:
    """Write a project with one small pipeline into DIR, or into this folder.

    Nothing that is there is overwritten, but for a line more in .gitignore.
    """
    from fairlead.output.lock import locked
    from fairlead.source.diagnostics import Refused
    from fairlead.workspace.scaffold.files import ignoring, project_files

    root = Path(os.path.realpath(folder))
    given = {"name": name, "owner": owner, "repository": repository, "namespace": namespace, "bucket": bucket}
    origin = _origin(root)
    answers = _answers(root, given, origin, ask=not yes and sys.stdin.isatty(), defaults=yes)
    texts = project_files(answers)
    _refuse_to_overwrite(root, texts)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root):
            # Once more: of two commands at once, the second finds what the first wrote.
            _refuse_to_overwrite(root, texts)
            ignored = root / ".gitignore"
            texts[".gitignore"] = ignoring(ignored.read_text(encoding="utf-8") if ignored.is_file() else None)
            for path, text in texts.items():
                _write(root, path, text)
                click.echo(path)
    except OSError as error:
        raise click.ClickException(f"{error.filename or root} can't be written: {error.strerror or error}") from None
    except Refused as error:
        raise click.ClickException(str(error)) from None
    if repository is None and origin is None and answers.repository.startswith(f"{PLACEHOLDER}/"):
        click.echo(f"the repository {answers.repository} is a placeholder: mend it in fairlead.yaml", err=True)
    where = "" if root == Path.cwd() else f"cd {folder} && "
    click.echo(f"done; next: {where}fairlead validate && fairlead graph {answers.name}", err=True)


def _answers(root: Path, given: dict[str, str | None], origin: str | None, *, ask: bool, defaults: bool) -> Answers:
    """The answers: given, asked for, or by default."""
    from fairlead.workspace.scaffold import answers as check

    missing = [f"--{key}" for key in ("owner", "repository") if given[key] is None]
    if missing and not ask and not defaults:
        raise click.UsageError(f"there is no terminal to ask on: give {' and '.join(missing)}, or --yes")

    def answer(key: str, question: str, default: str, checked: Callable[[str], str]) -> str:
        value = given[key]
        if value is None and ask:
            return str(click.prompt(question, default=default, value_proc=_proc(checked), err=True))
        try:
            return checked(default if value is None else value)
        except ValueError as error:
            raise click.BadParameter(_said(error), param_hint=f"--{key}") from None

    name = answer("name", "The model's name", check.slug(root.name) or "model", check.name)
    owner = answer("owner", "The team that answers for it", TEAM, check.name)
    likely = origin or f"{PLACEHOLDER}/{check.slug(root.name) or name}"
    repository = answer("repository", "The repository on GitHub", likely, check.repository)
    namespace = answer("namespace", "The namespace of production", "ml", check.namespace)
    default = f"s3://{check.slug(repository.partition('/')[0])}-{check.slug(repository.partition('/')[2])}"
    bucket = answer("bucket", "The bucket for data and models", default, check.bucket)
    return check.Answers(name, owner, repository, namespace, bucket)


def _proc(checked: Callable[[str], str]) -> Callable[[Any], str]:
    """A check as click asks for it: what it raises is said, and the question asked again."""

    def proc(value: Any) -> str:
        try:
            return checked(str(value))
        except ValueError as error:
            raise click.UsageError(_said(error)) from None

    return proc


def _said(error: ValueError) -> str:
    """What is wrong, and what to do where the error knows."""
    help_ = getattr(error, "help", "")
    return f"{error}; {help_}" if help_ else str(error)


def _origin(root: Path) -> str | None:
    """`owner/name` of the remote that Git calls `origin`; None where there is none."""
    here = next((folder for folder in (root, *root.parents) if folder.is_dir()), root)
    try:
        done = subprocess.run(
            ["git", "-C", str(here), "remote", "get-url", "origin"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    found = re.search(r"[/:]([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)(?:\.git)?/?\s*\Z", done.stdout)
    return found[1] if done.returncode == 0 and found else None


def _refuse_to_overwrite(root: Path, texts: dict[str, str]) -> None:
    """Exit 1 where a file is there already and says something else, or where a link leads out of the project."""
    from fairlead.workspace.discover import Inside

    inside = Inside(root)
    linked = [path for path in [*texts, ".gitignore"] if root / path not in inside]
    if linked:
        listed = "\n".join(f"  {path}" for path in linked)
        raise click.ClickException(f"nothing was written, because symbolic links lead out of {root}:\n{listed}")
    there = [path for path, text in texts.items() if os.path.lexists(root / path) and not _same(root / path, text)]
    if there:
        listed = "\n".join(f"  {path}" for path in there)
        raise click.ClickException(f"nothing was written, because these are there already:\n{listed}")


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _write(root: Path, path: str, text: str) -> None:
    from fairlead.output.replace import replace_file

    target = Path(os.path.realpath(root / path))
    if _same(target, text):
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(root, target, text.encode())
    except OSError as error:
        raise click.ClickException(f"{path} can't be written: {error.strerror or error}") from None
