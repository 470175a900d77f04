"""Writing to a repository without a working tree: objects, branches, and what a remote takes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from fairlead.git.repository import Repository
from fairlead.proposing import codes
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place

_OTHERS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_LITERAL_PATHSPECS")
"""What a hook sets for the repository that it runs in; ours is found from its folder."""


@dataclass(frozen=True, slots=True)
class Tip:
    """What a branch of a remote ends with."""

    commit: str
    author: str
    time: str
    subject: str

    def __str__(self) -> str:
        return f"{self.commit[:12]} by {self.author}, {self.time}: {self.subject}"


class Writer:
    """A repository that is written to. Everything raises Refused with Git's own words where Git does not do it."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def tree(self, base: str, changes: Mapping[str, bytes | None], folder: Path) -> str:
        """The tree of `base` with other files, by their path below the project's folder; None removes one.

        `folder` is empty, and takes what is needed on the way.
        """
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        self._done(codes.NOT_MADE, "read-tree", base, more=index)
        written = [path for path, content in changes.items() if content is not None]
        for number, path in enumerate(written):
            (folder / str(number)).write_bytes(changes[path] or b"")
        names = "".join(f"{folder / str(number)}\n" for number in range(len(written)))
        given = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        objects = self._done(codes.NOT_MADE, *given, given=names).split() if written else []
        lines = [f"100644 {name}\t{self._path(path)}" for path, name in zip(written, objects, strict=True)]
        lines += [f"0 {'0' * len(base)}\t{self._path(path)}" for path, content in changes.items() if content is None]
        self._done(
            codes.NOT_MADE,
            "update-index",
            "-z",
            "--index-info",
            given="".join(f"{line}\0" for line in lines),
            more=index,
        )
        return self._done(codes.NOT_MADE, "write-tree", more=index).strip()

    def draft(self, tree: str, parent: str, message: str) -> str:
        """A commit that no branch will have: it is only looked at, and nobody is asked for a signature."""
        return self._done(codes.NOT_MADE, "commit-tree", tree, "-p", parent, "-F", "-", given=message).strip()

    def commit(self, tree: str, parent: str, message: str) -> str:
        """A commit that no branch has yet, signed where the user's commits are."""
        signs = self._run("config", "--type=bool", "--get", "commit.gpgsign").stdout.strip() == "true"
        words = ("commit-tree", tree, "-p", parent, *(["-S"] if signs else []), "-F", "-")
        return self._done(codes.NOT_MADE, *words, given=message).strip()

    def tree_of(self, commit: str) -> str:
        """The tree of a commit."""
        return self._done(codes.NOT_MADE, "rev-parse", "--verify", f"{commit}^{{tree}}").strip()

    def commit_of(self, branch: str) -> str:
        """The commit of a branch that is here."""
        return self._done(codes.NOT_MADE, "rev-parse", "--verify", f"refs/heads/{branch}").strip()

    def make_branch(self, name: str, commit: str) -> bool:
        """Makes a branch; False where there is one of that name, which stays as it is."""
        if self._run("check-ref-format", f"refs/heads/{name}").returncode != 0:
            _refuse(codes.NOT_MADE, f"`{name}` can't be the name of a branch", "give another one with `--branch`")
        if self._run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}").returncode == 0:
            return False
        self._done(codes.NOT_MADE, "update-ref", f"refs/heads/{name}", commit, "0" * len(commit))
        return True

    def keep(self, name: str, commit: str) -> str:
        """Keeps a commit on a branch of about that name, and gives its name."""
        if self.make_branch(name, commit):
            return name
        other = f"{name}-{commit[:12]}"
        self.make_branch(other, commit)
        return other

    def fetch(self, remote: str, branch: str) -> str:
        """Where a branch of a remote is now; its commits are here then."""
        found = self._listed(remote, branch, codes.NOT_FETCHED)
        if found is None:
            message = f"{remote} has no branch `{branch}`"
            _refuse(codes.NOT_FETCHED, message, "say `git: {branch: …}` in fairlead.yaml, or begin at `--base REF`")
        self._done(codes.NOT_FETCHED, "fetch", "--quiet", "--no-tags", remote, f"refs/heads/{branch}")
        return found

    def tip(self, remote: str, branch: str) -> Tip | None:
        """What a branch of a remote ends with; None where it has no such branch. Its commits are here then."""
        if self._listed(remote, branch, codes.NOT_PUSHED) is None:
            return None
        commit = self.fetch(remote, branch)
        told = self._done(codes.NOT_PUSHED, "log", "-1", "--format=%an%x00%cI%x00%s", commit).strip()
        author, time, subject = told.split("\0")
        return Tip(commit, author, time, subject)

    def has(self, commit: str, ancestor: str) -> bool:
        """Whether a commit is another one, or comes after it."""
        return self._run("merge-base", "--is-ancestor", ancestor, commit).returncode == 0

    def push(self, remote: str, commit: str, branch: str) -> tuple[bool, str]:
        """Whether a remote's branch is that commit now, never forced; and what the remote said."""
        done = self._run("push", "--porcelain", "--no-force", remote, f"{commit}:refs/heads/{branch}")
        refused = [line.split("\t", 2)[-1] for line in done.stdout.splitlines() if line.startswith("!")]
        lines = done.stderr.splitlines()
        said = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
        failed = [line for line in lines if line.startswith(("fatal:", "error:"))][:1] if done.returncode else []
        return done.returncode == 0, "\n".join([*refused, *filter(None, said), *(failed if not refused else [])])

    def _listed(self, remote: str, branch: str, code: Code) -> str | None:
        words = self._done(code, "ls-remote", remote, f"refs/heads/{branch}").split()
        return words[0] if words else None

    def _path(self, path: str) -> str:
        prefix = self._repository.prefix
        return f"{prefix}/{path}" if prefix else path

    def _done(self, code: Code, *words: str, given: str = "", more: Mapping[str, str] | None = None) -> str:
        done = self._run(*words, given=given, more=more)
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith(("fatal:", "error:"))]
            said = (lines or done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
            said = said.removeprefix("fatal: ").removeprefix("error: ")
            _refuse(code, f"`git {words[0]}` says: {said}", "mend that, and run the command again")
        return done.stdout

    def _run(
        self, *words: str, given: str = "", more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        surroundings = {key: value for key, value in os.environ.items() if key not in _OTHERS}
        command: Sequence[str] = ["git", *words]
        return subprocess.run(
            command,
            cwd=self._repository.root,
            env={**surroundings, "LC_ALL": "C", **(more or {})},
            input=given,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            check=False,
        )


def _refuse(code: Code, message: str, help_: str) -> NoReturn:
    raise Refused([Diagnostic(code, Place.start_of("fairlead.yaml"), message, help_)])
