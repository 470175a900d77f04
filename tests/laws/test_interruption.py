"""A crash, an error of the system or a kill at any moment leaves the old tree or the new one."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.output import journal, rename, swap
from fairlead.output.failures import DENIED
from fairlead.output.swap import STUCK, is_interrupted, settle
from fairlead.source.diagnostics import Refused
from tests.laws.estates import FOREIGN, both, part, prepare, write_new, write_old
from tests.unit.output.trees import memory, tree

CALLS = ("open", "write", "mkdir", "rename", "replace", "link", "unlink", "rmdir", "fsync", "chmod")
"""Everything that writing asks of the system. An exchange is counted too."""


class Crash(BaseException):
    """The process ends here: nothing that handles errors sees it."""


class Fault:
    """Lets so many calls through, fails in the next one, and lets all others through again."""

    def __init__(self, failure: Callable[[], BaseException]) -> None:
        self.failure = failure
        self.left = -1
        self.happened = False

    def __call__(self) -> None:
        if self.left == 0:
            self.happened = True
            self.left = -1
            raise self.failure()
        if self.left > 0:
            self.left -= 1


def instrument(monkeypatch: pytest.MonkeyPatch, fault: Fault, *, can_exchange: bool = True) -> None:
    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            fault()
            return function(*arguments, **options)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    monkeypatch.setattr(journal, "exchange", counted(rename.exchange if can_exchange else lambda one, other: False))


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder for some hundred trees."""
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        yield Path(folder)


@pytest.fixture
def base(scratch: Path) -> Path:
    """A root with the old tree in it, to be copied."""
    root = scratch / "base"
    root.mkdir()
    prepare(root)
    write_old(root)
    return root


def attempts(base: Path, fault: Fault) -> Iterator[tuple[Path, BaseException]]:
    """The new tree over the old, failing at the first call, at the second, and so on until none is left."""
    for number in range(10_000):
        root = base.parent / "try"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(base, root, symlinks=True)
        fault.happened, fault.left = False, number
        try:
            write_new(root)
        except (Crash, Refused) as failure:
            fault.left = -1
            yield root, failure
        else:
            fault.left = -1
            if not fault.happened:
                assert number > 50
                return
            # What failed was only cleaning up, which the next command does again.
            assert not is_interrupted(root)
    raise AssertionError("writing never ended")


@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "no exchange"])
def test_after_a_crash_the_next_command_finds_the_old_tree_or_the_new(
    base: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch, *, can_exchange: bool
) -> None:
    old, new = both(scratch)
    fault = Fault(Crash)
    instrument(monkeypatch, fault, can_exchange=can_exchange)
    outcomes = set()
    for root, failure in attempts(base, fault):
        assert isinstance(failure, Crash)
        found = tree(root)
        if can_exchange:
            for environment in ("rendered/production/", "rendered/staging/", "rendered/gone/", "rendered/fresh/"):
                assert part(found, environment) in (part(old, environment), part(new, environment))
        interrupted = is_interrupted(root)
        assert settle(root) == interrupted
        found = tree(root)
        assert found in (old, new)
        assert (root / FOREIGN).stat().st_mtime == 1
        outcomes.add((found == new, interrupted))
        write_new(root)
        assert tree(root) == new
        assert sorted(path.name for path in (root / ".fairlead").iterdir()) == [".gitignore", "lock"]
    assert outcomes == {(False, False), (False, True), (True, True), (True, False)}


@pytest.mark.parametrize("can_exchange", [True, False], ids=["exchange", "no exchange"])
def test_an_error_of_the_system_leaves_the_old_tree_and_is_reported(
    base: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch, *, can_exchange: bool
) -> None:
    old, new = both(scratch)
    fault = Fault(lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    instrument(monkeypatch, fault, can_exchange=can_exchange)
    failures = 0
    for root, failure in attempts(base, fault):
        assert isinstance(failure, Refused)
        [found] = failure.diagnostics
        assert found.code is DENIED
        assert "no space left on device" in found.message
        assert tree(root) == old
        assert not is_interrupted(root)
        write_new(root)
        assert tree(root) == new
        failures += 1
    assert failures > 50


def test_a_crash_while_recovering_is_recovered_from(base: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = both(scratch)
    fault = Fault(Crash)
    instrument(monkeypatch, fault, can_exchange=False)
    again = 0
    for root, _ in attempts(base, fault):
        for number in range(40):
            if not is_interrupted(root):
                break
            fault.left = number
            try:
                settle(root)
            except Crash:
                again += 1
            fault.left = -1
        settle(root)
        assert tree(root) in (old, new)
    assert again > 100


def test_what_somebody_changed_after_an_interruption_is_left_alone(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(Crash)
    instrument(monkeypatch, fault)
    for root, _ in attempts(base, fault):
        if not is_interrupted(root):
            continue
        shutil.rmtree(root / "rendered/production")
        (root / "rendered/production").mkdir()
        (root / "rendered/production/mine.yaml").write_text("mine\n")
        settle(root)
        assert tree(root / "rendered/production") == {"mine.yaml": b"mine\n"}
        assert not is_interrupted(root)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 2}', '{"version": 1, "moves": [{}]}', "null"])
def test_a_damaged_journal_is_reported_and_nothing_goes_on(base: Path, content: str) -> None:
    (base / ".fairlead/journal.json").write_text(content)
    before = tree(base)
    for command in (write_new, settle):
        with pytest.raises(Refused) as refused:
            command(base)
        assert [found.code for found in refused.value.diagnostics] == [STUCK]
    assert tree(base) == before


def test_a_journal_cannot_reach_outside_the_repository(base: Path) -> None:
    moves = '[{"target": "../x", "slot": ".fairlead/staging/0", "new": 1, "old": null}]'
    (base / ".fairlead/journal.json").write_text(f'{{"version": 1, "moves": {moves}}}')
    with pytest.raises(Refused) as refused:
        settle(base)
    assert [found.code for found in refused.value.diagnostics] == [STUCK]


def test_changes_are_not_applied_over_an_interrupted_swap(base: Path) -> None:
    from fairlead.output.changes import plan_changes
    from tests.laws.estates import NEW_ENVIRONMENTS, new
    from tests.unit.output.trees import OUTPUT

    changes = plan_changes(base, OUTPUT, new(), NEW_ENVIRONMENTS, compiler="1.0")
    journal.write(base, [])
    with pytest.raises(RuntimeError, match="recovered before"):
        swap.apply(changes)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux exchanges two paths in one step")
def test_this_system_exchanges_in_one_step(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.write_text("x")
    assert rename.exchange(one, other)
    assert one.is_file()
    assert other.is_dir()
    with pytest.raises(FileNotFoundError):
        rename.exchange(one, tmp_path / "missing")


def test_a_kill_at_any_moment_leaves_the_old_tree_or_the_new(tmp_path: Path, repository: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.laws.killer", str(tmp_path), "40"],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    counts = dict(line.split(": ") for line in result.stdout.splitlines())
    assert int(counts["kills"]) == 40
    assert int(counts["changed"]) > 0
