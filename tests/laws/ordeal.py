"""Ends real commands at random moments, again and again, and judges what they leave.

Run as `python -m tests.laws.ordeal FOLDER KILLS SEED`. It is a program of its own because it forks, and a test runner
has threads. Commands are forked with everything imported, so that kills meet their work and not the start of Python;
one in `FRESH` is a Python of its own.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import click

from fairlead.cli.main import cli
from fairlead.output.yaml import dump
from tests.candidates import model
from tests.laws.repositories import Repository, leftovers, names, specification
from tests.laws.started import Started
from tests.projects import CHURN, FAIRLEAD, write_project
from tests.repositories import IDENTITY
from tests.unit.output.trees import tree

SIGNALS = (*[signal.SIGKILL] * 5, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU)
FRESH = 12
RAW = specification("stays").replace("serving: {", "serving:   {   ")
DIGESTS = tuple(f"sha256:{digit * 64}" for digit in "ab")
IMAGE = "docker.io/vllm/vllm-openai:v0.24.0"
"""What the server of the specifications runs in."""

IMAGES = ("docker.io/kserve/sklearnserver:v0.20.0", "ghcr.io/acme/churn", "ghcr.io/acme/fairlead-runner")
"""Everything that the project of `fairlead init` runs in."""
COMMANDS = (["compile"], ["validate"], ["check"], ["compile", "--no-cache"], ["fmt"], ["compile", "-e", "staging"])

PLACES = ("staging", "production")
SERVED = CHURN.replace("model: {", "model: {framework: sklearn, ") + "serving: {}\n"
UNPROTECTED = FAIRLEAD.replace(", protected: true", "")
"""Images go by their tags here, so that everything compiles."""

REFUSALS = ("1001", "1010", "2012", "2017", "6010")
"""What a command may say of a project that is edited meanwhile: a file went, was empty or changed."""


def moving(environment: str) -> str:
    """A lock with a version and the one before it."""
    metadata = {"pipeline": "churn", "environment": environment}
    versions = {"model": model(16), "previous": model(15)}
    return dump({"apiVersion": "fairlead.dev/v1", "kind": "Lock", "metadata": metadata, **versions})


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **IDENTITY}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Ordeal:
    """All of it: repositories, chances and counts."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.projects = 0
        self.times: dict[str, float] = {}
        self.running: list[tuple[Started, list[str]]] = []
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        os.environ["TMPDIR"] = str(self.temporary)
        os.environ["XDG_CACHE_HOME"] = str(folder / "home")
        self._warm()
        self.repositories = [self._repository("small", 0), self._repository("large", 6)]
        self.wanted = self._initialised()

    def others(self) -> list[Callable[[], None]]:
        """Every kind of trial but that of compiling."""
        return [
            self.lock,
            self.move,
            self.fmt,
            self.init,
            self.validate,
            self.locks_together,
            self.commands_together,
        ]

    def finish(self, arguments: Sequence[str], folder: Path, codes: Sequence[int] = (0,)) -> None:
        """Runs a command to its end."""
        start = time.monotonic()
        started = Started(folder, self.folder / "said", arguments)
        code = started.ended()
        assert code in codes, f"{arguments} ended with {code}: {started.said()}"
        self.times[" ".join(arguments[:2])] = time.monotonic() - start

    def _warm(self) -> None:
        """Has everything imported that commands import, once and for all of them."""
        place = str(self.folder / "warm")
        project = ["--project", place]
        image = ["lock", "churn", "-e", "staging", "--image", f"ghcr.io/acme/churn@{DIGESTS[0]}"]
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            for arguments in (
                ["init", place, "--yes", "--name", "churn", "--repository", "acme/churn"],
                [*image, *project],
                *(["compile", *project], ["check", *project], ["fmt", *project], ["validate", *project]),
            ):
                with suppress(click.exceptions.Exit):
                    cli.main(arguments, standalone_mode=False)

    def _repository(self, name: str, more: int) -> Repository:
        repository = Repository(self.folder / name, more)
        trees = []
        for state in (0, 1, 0, 1):
            repository.edit(state)
            self.finish(["compile", f"-j{1 + bool(more)}", "--no-cache"], repository.folder)
            trees.append(repository.generated())
        assert trees[:2] == trees[2:]
        repository.learn((trees[0], trees[1]))
        return repository

    def _initialised(self) -> dict[str, bytes]:
        place = self.folder / "wanted"
        self.finish(["init", str(place), "--yes", "--name", "churn"], self.folder)
        return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}

    def killed(self, arguments: Sequence[str], folder: Path, *, leaves: bool = False) -> None:
        """Starts a command, and ends it at a random moment of its work; one that `leaves` temporary files may."""
        is_fresh = self.chance.randrange(FRESH) == 0
        started = Started(folder, self.folder / "said", ["fresh"] * is_fresh + list(arguments))
        expected = self.times.get(" ".join(arguments[:2]), 0.5) * (1 + 3 * is_fresh)
        # Most of the time goes into compiling, and most of the danger lies in the little that goes into writing.
        awaited = (
            self.chance.choice(("", "staging", "journal.json", "journal.json"))
            if arguments[0] == "compile" or "--compile" in arguments
            else ""
        )
        if awaited:
            work = str(folder / ".fairlead" / awaited)
            while not os.path.lexists(work) and started.is_running():
                pass
            expected /= 6 if awaited == "staging" else 300
        time.sleep(self.chance.uniform(0, expected * 1.1))
        sent = self.chance.choice(SIGNALS)
        started.end(sent)
        code = started.ended()
        by_itself = code in (0, 2) if arguments[0] == "check" else code == 0
        assert by_itself or code in (-sent, 1), f"{arguments} ended with {code}: {started.said()}"
        assert code != 1 or sent is signal.SIGINT, f"{arguments} failed: {started.said()}"
        assert "Traceback" not in started.said() or is_fresh, started.said()
        assert not started.outlived(), f"{arguments} left processes behind"
        assert leaves or not names(self.temporary), "left behind among temporary files"
        for left in names(self.temporary):
            shutil.rmtree(self.temporary / left)
        self.counts["too late"] += by_itself
        if not by_itself:
            self.counts["kills"] += 1
            self.counts[f"kills by {sent.name}"] += 1
            self.counts[f"kills of {arguments[0]}"] += 1

    def compile(self) -> None:
        """A change of the specifications, a compile that is killed, perhaps the next as well, and one that isn't."""
        large = self.chance.random() < 0.3
        repository = self.repositories[large]
        old = 0 if repository.generated() == repository.trees[0] else 1
        new = 1 - old
        repository.edit(new)
        arguments = ["compile", f"-j{1 + large}"]
        while True:
            self.killed(arguments, repository.folder)
            state = repository.judge(old, new)
            self.counts[f"found {state}"] += 1
            if self.chance.random() < 0.7:
                break
            self.counts["kills while recovering"] += state == "interrupted"
        if self.chance.random() < 0.2:
            self.killed(["check"], repository.folder)
            repository.judge(old, new)
        if self.chance.random() < 0.2:
            self.finish(["check"], repository.folder, (0, 2))
            assert repository.judge(old, new) != "interrupted", "check settles what was interrupted"
        if self.chance.random() < 0.2:
            self.limited(repository, old, new)
        self.finish(arguments, repository.folder)
        repository.judge_settled(new)

    def limited(self, repository: Repository, old: int, new: int) -> None:
        """A compile that may write only so much into one file."""
        most = self.chance.randrange(200, 6_000)

        def limit() -> None:
            # What it says would be limited too.
            os.dup2(0, 1)
            os.dup2(0, 2)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        started = Started(repository.folder, self.folder / "said", ["compile"], limit)
        code = started.ended()
        assert code in (0, 1), f"with a limit, compile ended with {code}: {started.said()}"
        assert repository.judge(old, new) != "interrupted"
        self.counts["limits refused"] += code

    def lock(self) -> None:
        """A lock is the one before or the one after, and never lost."""
        folder = self.repositories[0].folder
        file = folder / "specs/stays.production.lock.yaml"
        texts = []
        for digest in DIGESTS:
            arguments = ["lock", "stays", "-e", "production", "--image", f"{IMAGE}@{digest}"]
            self.finish(arguments, folder)
            texts.append(file.read_text())
        for _ in range(4):
            number = self.chance.randrange(2)
            before = file.read_text()
            self.killed(["lock", "stays", "-e", "production", "--image", f"{IMAGE}@{DIGESTS[number]}"], folder)
            assert file.read_text() in (before, texts[number]), "a lock is damaged"
        file.unlink()
        self.repositories[0].judge_surroundings()

    def move(self) -> None:
        """A rollback with its output is there as a whole or not at all; and as a commit, it is or it is not."""
        folder = self.folder / "moved"
        if not folder.exists():
            self._moving(folder)
        words = ["rollback", "churn", "--in", "production"]
        whole = [self._moved(folder)]
        self.finish([*words, "--compile"], folder)
        whole.append(self._moved(folder))
        assert whole[0] != whole[1]
        for _ in range(3):
            self.killed([*words, "--compile"], folder)
            self.finish(["check"], folder)
            assert self._moved(folder) in whole, "lock and output are not of one state"
        for _ in range(2):
            self.killed([*words, "--commit"], folder, leaves=True)
            assert self._moved(folder) in whole, "a proposal touches the working tree"
            made = _git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/fairlead/")
            if made:
                changed = _git(folder, "diff", "--name-only", "HEAD", made).splitlines()
                assert len(changed) > 1, "lock and output are not in one commit"
                assert "specs/churn.production.lock.yaml" in changed
                _git(folder, "branch", "--quiet", "-D", made)
            _git(folder, "fsck", "--strict", "--no-dangling")

    def _moving(self, folder: Path) -> None:
        files = {"specs/churn.yaml": SERVED, **{f"specs/churn.{place}.lock.yaml": moving(place) for place in PLACES}}
        write_project(folder, files, UNPROTECTED)
        self.finish(["compile"], folder)
        for arguments in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "--all"],
            ["commit", "--quiet", "-m", "all"],
        ):
            _git(folder, *arguments)

    def _moved(self, folder: Path) -> dict[str, bytes]:
        found = tree(folder)
        return {path: content for path, content in found.items() if path.startswith(("specs/", "rendered/"))}

    def fmt(self) -> None:
        """A specification is the one before or the one after."""
        repository = self.repositories[0]
        file = repository.folder / "specs/stays.yaml"
        before = file.read_text()
        file.write_text(RAW)
        self.finish(["fmt"], repository.folder)
        after = file.read_text()
        for _ in range(4):
            file.write_text(RAW)
            file.chmod(0o640)
            self.killed(["fmt"], repository.folder)
            assert file.read_text() in (RAW, after), "a specification is damaged"
            assert file.stat().st_mode & 0o777 == 0o640
        file.write_text(before)
        repository.judge_surroundings()

    def init(self) -> None:
        """Each file of a new project is whole or not there, and the next try completes them."""
        self.projects += 1
        place = self.folder / f"new-{self.projects}"
        place.mkdir()
        (place / ".gitignore").write_text("*.pyc\n")
        arguments = ["init", ".", "--yes", "--name", "churn", "--repository", "acme/wanted"]
        self.killed(arguments, place)
        for path, content in self.wanted.items():
            if (place / path).exists() and path != ".gitignore" and not path.startswith(".fairlead/"):
                assert (place / path).read_bytes() == content, f"{path} is damaged"
        assert (place / ".gitignore").read_text().startswith("*.pyc\n"), "the lines that were there are lost"
        self.finish(arguments, place)
        made = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
        assert made >= self.wanted.keys(), "the next try does not complete it"
        assert leftovers(place) <= {".gitignore", "lock"}

    def validate(self) -> None:
        """A command that writes nothing but its cache."""
        repository = self.repositories[0]
        before = repository.generated()
        (repository.folder / "specs/stays.yaml").write_text(specification("stays") + f"# {self.chance.random()}\n")
        self.killed(["validate"], repository.folder)
        self.finish(["validate"], repository.folder)
        (repository.folder / "specs/stays.yaml").write_text(specification("stays"))
        assert repository.generated() == before
        cache = names(repository.folder / ".fairlead/cache")
        assert not [name for name in cache if name.startswith(".")], "an entry that was never finished is left behind"

    def locks_together(self) -> None:
        """Several locks at once: what each says is in the file afterwards, unless it was killed before it said so."""
        folder = self.folder / "warm"
        lock = folder / "specs/churn.staging.lock.yaml"
        for number, image in enumerate((*IMAGES, *IMAGES)):
            digest = DIGESTS[number % 2]
            arguments = ["lock", "churn", "-e", "staging", "--image", f"{image}@{digest}"]
            self.running.append((Started(folder, self.folder / f"said-{number}", arguments), arguments))
        victim = self.chance.choice(self.running)[0]
        time.sleep(self.chance.uniform(0, self.times.get("lock stays", 0.5)))
        victim.end(signal.SIGKILL)
        self._all_ended({0}, victim)
        survivors = lock.read_text()
        assert all(f"{image}:\n" in survivors for image in IMAGES), "of two locks at once, one was lost"
        self.counts["locks at once"] += len(IMAGES) * 2
        lock.unlink()

    def commands_together(self) -> None:
        """Commands of all kinds at once while a specification is edited: in the end the tree is as if there was one."""
        repository = self.repositories[0]
        folder = repository.folder
        old = 0 if repository.generated() == repository.trees[0] else 1
        for number, arguments in enumerate((*COMMANDS, *COMMANDS)):
            if number == self.chance.randrange(len(COMMANDS)):
                repository.edit(1 - old)
            self.running.append((Started(folder, self.folder / f"said-{number}", arguments), arguments))
            time.sleep(self.chance.uniform(0, self.times["compile -j1"] / 4))
        repository.edit(1 - old)
        victim = self.chance.choice(self.running)[0]
        time.sleep(self.chance.uniform(0, self.times["compile -j1"]))
        victim.end(signal.SIGKILL)
        self._all_ended({0, 1, 2}, victim)
        self.finish(["compile", "-j1"], folder)
        repository.judge_settled(1 - old)
        self.counts["commands at once"] += len(COMMANDS) * 2

    def _all_ended(self, codes: set[int], victim: Started) -> None:
        for started, arguments in self.running:
            code = started.ended()
            said = started.said()
            assert code in codes or (started is victim and code == -signal.SIGKILL), f"{arguments}: {code}, {said}"
            # Where two versions of a project were read, or a file went while it was being read, that is said.
            assert code != 1 or any(f"FL{known}" in said for known in REFUSALS), f"{arguments}: {said}"
            self.counts["commands refused"] += code == 1
        self.running.clear()


def main(folder: Path, kills: int, seed: int) -> None:
    """Raises AssertionError as soon as something is not as it should be."""
    ordeal = Ordeal(folder, seed)
    kinds = (*[ordeal.compile] * 12, *ordeal.others())
    for number in range(kills * 10):
        if ordeal.counts["kills"] >= kills:
            break
        # The first of each kind come in order, so that a short ordeal has all of them.
        each = [ordeal.compile, *ordeal.others()]
        trial = each[number] if number < len(each) else ordeal.chance.choice(kinds)
        trial()
        ordeal.counts[f"trials of {trial.__name__}"] += 1
    key = names(folder / "home/fairlead")
    assert key == {"key"}, f"left behind beside the key: {key}"
    for what, count in sorted(ordeal.counts.items()):
        sys.stdout.write(f"{what}: {count}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
