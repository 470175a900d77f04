"""A repository with two states, for commands that are ended in the middle, and the judge of what they leave."""

from __future__ import annotations

import os
import shutil
from copy import copy
from pathlib import Path
from typing import Final

from tests.laws.estates import part
from tests.projects import FAIRLEAD, write_project
from tests.unit.output.trees import tree

ENVIRONMENTS: Final = ("staging", "canary", "production")
PROJECT: Final = FAIRLEAD.replace("[argo-workflows, kserve, prometheus]", "[kserve, prometheus]").replace(
    "  production: {namespace: ml, after: staging, protected: true}",
    "  canary: {namespace: ml-canary, after: staging}\n  production: {namespace: ml, after: canary}",
)
SERVED: Final = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: {name}, owner: support-ml}}
model:
  task: text-generation
  framework: huggingface
  source: "hf://mistralai/Mistral-7B-Instruct-v0.3:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db"
hardware: {{serving: {{cpu: 4, memory: {memory}, gpu: {{count: 1, resource: nvidia.com/gpu}}}}}}
serving: {{runtime: vllm, protocol: openai, access: {{callers: [support/desk]}}}}
"""
FOREIGN: Final = {
    "README.md": "mine\n",
    "rendered/NOTES.md": "mine\n",
    "rendered/production/stays/kserve/run.sh": "true\n",
    "rendered/staging/changes/NOTES.md": "mine\n",
}
SETTLED: Final = frozenset({".gitignore", "lock", "cache"})
"""What stays in `.fairlead`; docs/interruptions.md says what each is."""
IN_PROGRESS: Final = frozenset({"staging", "draft", "journal.json"})
"""What may be there beside it until the next command."""

Tree = dict[str, bytes]


def specification(name: str, memory: str = "32Gi") -> str:
    return SERVED.format(name=name, memory=memory)


class Repository:
    """A project whose specifications are in one of two states: some change, one comes, one goes, and some stay."""

    def __init__(self, folder: Path, more: int = 0) -> None:
        self.folder = folder
        same = {f"specs/{name}.yaml": specification(name) for name in ["stays", *(f"same-{n}" for n in range(more))]}
        self.states = tuple(
            {
                **same,
                "specs/changes.yaml": specification("changes", memory),
                f"specs/{extra}.yaml": specification(extra),
            }
            for memory, extra in (("32Gi", "goes"), ("64Gi", "comes"))
        )
        write_project(folder, {**self.states[0], **FOREIGN}, PROJECT)
        for path in FOREIGN:
            os.utime(folder / path, (1, 1))
        (folder / "rendered/production/stays/kserve/run.sh").chmod(0o750)
        self.trees: tuple[Tree, ...] = ()
        self._unchanged: dict[str, tuple[int, int]] = {}

    def copied(self, folder: Path) -> Repository:
        """The same in another folder, with all times and modes."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        other = copy(self)
        other.folder = folder
        return other

    def edit(self, state: int) -> None:
        """Gives the specifications a state."""
        for name in ("goes", "comes"):
            (self.folder / f"specs/{name}.yaml").unlink(missing_ok=True)
        for path in ("specs/changes.yaml", f"specs/{('goes', 'comes')[state]}.yaml"):
            (self.folder / path).write_text(self.states[state][path])

    def generated(self) -> Tree:
        """Everything below the output folder."""
        return part(tree(self.folder), "rendered/")

    def learn(self, trees: tuple[Tree, ...]) -> None:
        """Takes the trees of both states, and the times and modes of the files that are the same in both."""
        self.trees = trees
        one, other = trees
        assert one != other
        paths = [path for path in one if other.get(path) == one[path]]
        self._unchanged = {path: self._about(path) for path in [*paths, *FOREIGN]}

    def _about(self, path: str) -> tuple[int, int]:
        found = (self.folder / path).lstat()
        return found.st_mtime_ns, found.st_mode

    def judge(self, old: int, new: int) -> str:
        """Whether the tree is the old or the new one, or (interrupted) each environment is. Raises AssertionError."""
        found = self.generated()
        folders = [f"rendered/{environment}/" for environment in ENVIRONMENTS]
        for folder in folders:
            here = part(found, folder)
            assert here in (part(self.trees[old], folder), part(self.trees[new], folder)), f"{folder} is a mixture"
        self.judge_surroundings()
        interrupted = (self.folder / ".fairlead/journal.json").exists()
        if not interrupted:
            assert found in (self.trees[old], self.trees[new]), "there is no journal, and the tree is a mixture"
        return "interrupted" if interrupted else "old" if found == self.trees[old] else "new"

    def judge_settled(self, state: int) -> None:
        """What is so after a command that ended by itself. Raises AssertionError."""
        assert self.generated() == self.trees[state], "the command ended, and the tree is not what it should be"
        self.judge_surroundings()
        assert leftovers(self.folder) <= SETTLED, f"left behind: {leftovers(self.folder) - SETTLED}"

    def judge_surroundings(self) -> None:
        """What no command touches, and what is nowhere left behind. Raises AssertionError."""
        for path, text in FOREIGN.items():
            assert (self.folder / path).read_text() == text, f"{path} belongs to somebody else"
        for path, known in self._unchanged.items():
            assert self._about(path) == known, f"{path} did not change, and its time or mode did"
        assert leftovers(self.folder) <= SETTLED | IN_PROGRESS, f"unknown: {leftovers(self.folder)}"
        hidden = [name for name in names(self.folder / "specs") if name.startswith(".")]
        assert not hidden, f"left behind among the specifications: {hidden}"


def leftovers(folder: Path) -> set[str]:
    """What is in the work folder of a repository."""
    work = folder / ".fairlead"
    return names(work) if work.is_dir() else set()


def names(folder: Path) -> set[str]:
    """What is in a folder."""
    return {path.name for path in folder.iterdir()}
