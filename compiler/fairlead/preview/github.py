"""`python -m fairlead.preview.github`: keeps one comment of a pull request at what its preview says now.

It runs in GitHub Actions, whose variables say where: GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_EVENT_PATH; the token
is in GITHUB_TOKEN. The comment is found again by the preview's first line, which nobody sees, and by its author: that
of a person who quotes the line is theirs. It leaves with 0 where the token may not comment, as for a fork, because the
run's summary says the same; with 1 for everything else that keeps the comment from being what it should be.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from fairlead.preview.markdown import COMMENT
from fairlead.remote.failures import Missing, RemoteFailure
from fairlead.remote.github import Forbidden, GitHub

BOT: Final = "github-actions[bot]"
"""Who writes with the token that GitHub gives a job."""
API: Final = "https://api.github.com"
_MARK: Final = re.compile(r"<!-- fairlead:preview(:[A-Za-z0-9._-]+)? -->")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Conversation:
    """The comments of one pull request."""

    github: GitHub
    repository: str
    number: int

    def ours(self, mark: str, author: str) -> list[dict[str, Any]]:
        """The comments with a mark that an author wrote, oldest first."""
        try:
            everything = list(self.github.every(f"/repos/{self.repository}/issues/{self.number}/comments"))
        except Missing as error:
            raise RemoteFailure(error.message, error.help) from None  # a pull request that runs is there
        found = [
            each
            for each in everything
            if isinstance(each.get("id"), int)
            and _author(each) == author.casefold()
            and str(each.get("body") or "").splitlines()[:1] == [mark]
        ]
        return sorted(found, key=lambda each: int(each["id"]))

    def create(self, body: str) -> dict[str, Any]:
        """A new comment."""
        return self.github.send("POST", f"/repos/{self.repository}/issues/{self.number}/comments", {"body": body})

    def edit(self, comment: Mapping[str, Any], body: str) -> bool:
        """Whether a comment says something else now; one that says the same already is left alone."""
        if _plain(str(comment.get("body"))) == _plain(body):
            return False
        self.github.send("PATCH", f"/repos/{self.repository}/issues/comments/{comment['id']}", {"body": body})
        return True

    def remove(self, comment: Mapping[str, Any]) -> None:
        """A comment less; one that somebody else removed meanwhile is no failure."""
        try:
            self.github.send("DELETE", f"/repos/{self.repository}/issues/comments/{comment['id']}")
        except Missing:
            return


def keep(conversation: Conversation, body: str, author: str = BOT, *, empty: bool = False) -> str:
    """Brings the one comment to a body, and says what was done. Nothing new is said where there is nothing to say.

    Raises Forbidden or Missing where the token may not, and RemoteFailure for what else goes wrong.
    """
    mark = body.splitlines()[0]
    found = conversation.ours(mark, author)
    if found:
        try:
            changed = _settle(conversation, found, body)
        except Missing:
            # Somebody deleted it since it was listed. A token that may not write is told so once more.
            found = []
        else:
            return "edited the comment" if changed else "the comment says so already"
    if empty:
        return "nothing changes, and there is no comment to say so in"
    made = conversation.create(body)
    # What wrote the comment says who we are, whatever token it was. Another run may have made one at the same time, or
    # a request that seemed to fail did not: the oldest stays, for every run.
    found = conversation.ours(mark, _author(made) or author)
    _settle(conversation, found, body)
    return "made the comment" if not found or found[0]["id"] == made.get("id") else "edited the comment"


def _settle(conversation: Conversation, found: list[dict[str, Any]], body: str) -> bool:
    if not found:
        return False
    changed = conversation.edit(found[0], body)
    for more in found[1:]:
        conversation.remove(more)
    return changed


def _author(comment: Mapping[str, Any]) -> str:
    user = comment.get("user")
    return str(user.get("login") or "").casefold() if isinstance(user, dict) else ""


def _plain(text: str) -> str:
    """A body as it was sent: GitHub may give lines another end."""
    return text.replace("\r\n", "\n").strip()


def says_nothing(preview: Mapping[str, Any]) -> bool:
    """Whether a preview, as JSON has it, has nothing that a reviewer would want to know."""
    failed = any(preview[side]["failed"] for side in ("base", "head"))
    return not failed and not any(preview[part] for part in ("differs", "parts", "findings", "notices"))


def read_body(file: Path) -> str:
    """The Markdown of a preview. Raises RemoteFailure for anything else, and for what GitHub would refuse."""
    try:
        body = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise RemoteFailure(f"{file} can't be read: {_why(error)}") from None
    if not _MARK.fullmatch(body.partition("\n")[0]):
        raise RemoteFailure(f"{file} is no preview", "write it with `fairlead preview --format markdown`")
    if len(body) > COMMENT:
        message = f"{file} has {len(body)} characters, and a comment may have {COMMENT}"
        raise RemoteFailure(message, "write it with a `--limit` that is no larger")
    return body


def read_json(file: Path) -> bool:
    """Whether the preview in a file says nothing. Raises RemoteFailure where it is none."""
    try:
        return says_nothing(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        help_ = "write it with `fairlead preview --format json`"
        raise RemoteFailure(f"{file} is no preview: {_why(error)}", help_) from None


def conversation_of(environ: Mapping[str, str]) -> Conversation:
    """The pull request that the run is for. Raises RemoteFailure where it is for none."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise RemoteFailure("GITHUB_REPOSITORY names no repository", "run it in GitHub Actions")
    file = environ.get("GITHUB_EVENT_PATH", "")
    try:
        number = json.loads(Path(file).read_text(encoding="utf-8"))["pull_request"]["number"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        number = None
    if not isinstance(number, int) or number < 1:
        raise RemoteFailure("the run is for no pull request", "let the workflow start on `pull_request` only")
    github = GitHub(environ.get("GITHUB_API_URL") or API, environ.get("GITHUB_TOKEN", ""))
    return Conversation(github, repository, number)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


@click.command(name="fairlead.preview.github")
@click.option("--body", "file", type=click.Path(path_type=Path), required=True, help="The preview as Markdown.")
@click.option(
    "--preview", "data", type=click.Path(path_type=Path), help="The same as JSON: an empty one is not posted."
)
@click.option("--author", default=BOT, show_default=True, help="Who comments with this token, as GitHub calls them.")
def main(file: Path, data: Path | None, author: str) -> None:
    """Keep one comment of the run's pull request at what its preview says."""
    try:
        body = read_body(file)
        empty = data is not None and read_json(data)
        click.echo(keep(conversation_of(os.environ), body, author, empty=empty))
    except (Forbidden, Missing) as error:
        click.echo(f"::notice title=No comment::{_line(error)}. The run's summary has the preview.")
    except RemoteFailure as error:
        click.echo(f"::error title=No comment::{_line(error)}")
        raise click.exceptions.Exit(1) from None


def _line(error: RemoteFailure) -> str:
    """One line that GitHub's log takes for one line."""
    text = "; ".join(part for part in (error.message, error.help) if part)
    return " ".join(text.split()).replace("%", "%25")


if __name__ == "__main__":
    main()
