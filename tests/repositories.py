"""Real Git repositories for tests, which know nobody's configuration but their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePosixPath

from fairlead.output.write import write
from fairlead.workspace.compile import compile_workspace
from fairlead.workspace.load import load
from tests.projects import write_project

IDENTITY = {
    "GIT_AUTHOR_NAME": "somebody",
    "GIT_AUTHOR_EMAIL": "somebody@acme.example",
    "GIT_COMMITTER_NAME": "somebody",
    "GIT_COMMITTER_EMAIL": "somebody@acme.example",
    "GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


class Repository:
    """A folder with a repository; `project` is the folder of fairlead.yaml in it."""

    def __init__(self, folder: Path, project: str = "") -> None:
        self.folder = folder
        self.project = folder / project
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        """Writes a file of the project."""
        target = self.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")

    def start(self, files: dict[str, str] | None = None, fairlead: str | None = None) -> str:
        """A project, committed."""
        if fairlead is None:
            write_project(self.project, files)
        else:
            write_project(self.project, files, fairlead)
        return self.commit()

    def compile(self) -> None:
        """Writes what the working tree compiles to; an error in it fails the test."""
        workspace = load(self.project)
        compilation = compile_workspace(workspace)
        assert not compilation.failed, compilation.diagnostics
        assert workspace.project is not None
        output = PurePosixPath(workspace.project.output)
        write(self.project, output, compilation.assembled(), compilation.selection, allow_empty=True)

    def commit(self, message: str = "a change") -> str:
        """Everything as it is, committed; the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")
