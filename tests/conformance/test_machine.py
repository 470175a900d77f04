"""Real commands on real file systems: full ones, read-only ones, foreign ones, and clocks that go anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.laws.repositories import Repository, specification
from tests.unit.output.test_refusing_system import mounted
from tests.unit.output.trees import tree

FAIRLEAD = [sys.executable, "-c", "from fairlead.cli.main import main; main()"]
SPOOLED = [
    *(sys.executable, "-c"),
    f"from fairlead.output.spool import Spool; Spool.__init__.__defaults__ = (0,); {FAIRLEAD[2]}",
]
"""The same, with contents that wait in a file from the first byte on, as in a large project."""
IMAGE = f"docker.io/vllm/vllm-openai:v0.24.0@sha256:{'a' * 64}"
LOCK = ["lock", "stays", "-e", "staging", "--image", IMAGE]
STANDING_AND_STEPPING = [("1971-01-02", "1971-01-02"), ("2099-12-31", "1980-01-01"), ("1980-01-01", "2037-01-01")]
Tool = Callable[[str], Path]
Small = Callable[[str], Repository]


def run(
    folder: Path, *arguments: str, command: Sequence[str] = FAIRLEAD, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, **(env or {})}
    return subprocess.run(
        [*command, *arguments], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )


def refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """The command ended with 1 and said why, in words of ours."""
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stdout + done.stderr
    for each in said:
        assert each in done.stderr, done.stderr


def done(folder: Path, *arguments: str, command: Sequence[str] = FAIRLEAD) -> None:
    ended = run(folder, *arguments, command=command)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose tree is that of its first state, and whose specifications are those of the second."""
    made = Repository(tmp_path_factory.mktemp("template"))
    trees = []
    for state in (0, 1, 0):
        made.edit(state)
        done(made.folder, "compile", "--no-cache")
        trees.append(made.generated())
    made.learn((trees[0], trees[1]))
    made.edit(1)
    return made


@pytest.fixture
def repository(template: Repository, tmp_path: Path) -> Repository:
    """A copy of it."""
    return template.copied(tmp_path / "root")


@pytest.fixture
def small(template: Repository, tmp_path: Path, stack: ExitStack) -> Small:
    """`small("size=3m")`: a copy of it on a small file system."""

    def small(options: str) -> Repository:
        (tmp_path / "root").mkdir()
        return template.copied(stack.enter_context(mounted(tmp_path / "root", options)))

    return small


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def fill(folder: Path, free: int) -> Path:
    """Leaves so many bytes on a file system."""
    filler = folder / "filler"
    found = os.statvfs(folder)
    with filler.open("wb") as file:
        file.write(b"x" * max(0, found.f_bavail * found.f_frsize - free))
    return filler


@pytest.mark.parametrize("free", [0, 12 * 1024, 32 * 1024])
def test_a_full_disk_is_said_and_a_little_room_is_enough_afterwards(free: int, small: Small) -> None:
    made = small("size=3m")
    filler = fill(made.folder, free)
    refused(run(made.folder, "compile"), "FL6009", "no space left", "make room")
    assert made.judge(0, 1) == "old"
    filler.unlink()
    done(made.folder, "compile")
    made.judge_settled(1)


def test_a_full_disk_leaves_locks_and_specifications_as_they_were(small: Small) -> None:
    made = small("size=3m")
    done(made.folder, *LOCK)
    raw = specification("stays").replace("serving: {", "serving:    {")
    (made.folder / "specs/stays.yaml").write_text(raw)
    before = tree(made.folder)
    filler = fill(made.folder, 0)
    refused(run(made.folder, *LOCK[:-1], IMAGE.replace("a" * 64, "b" * 64)), "FL6009", "no space left")
    refused(run(made.folder, "fmt"), "can't be written: No space left")
    refused(run(made.folder, "init", "--yes", "new"), "can't be written: No space left")
    done(made.folder, "validate")
    filler.unlink()
    assert {path: text for path, text in tree(made.folder).items() if not path.startswith("new/")} == before
    assert not list((made.folder / "specs").glob(".*"))
    done(made.folder, "init", "--yes", "new", "--repository", "acme/new")
    done(made.folder / "new", "validate")


def test_a_disk_without_inodes_is_said(small: Small) -> None:
    made = small("nr_inodes=600")
    fillers = made.folder / "fillers"
    fillers.mkdir()
    for number in range(os.statvfs(made.folder).f_favail - 2):
        (fillers / str(number)).touch()
    refused(run(made.folder, "compile"), "FL6009", "no space left")
    assert made.judge(0, 1) == "old"
    for each in fillers.iterdir():
        each.unlink()
    fillers.rmdir()
    done(made.folder, "compile")
    made.judge_settled(1)


def test_a_full_folder_for_temporary_files_is_said_by_its_name(
    repository: Repository, tmp_path: Path, stack: ExitStack
) -> None:
    made, root = repository, repository.folder
    folder = tmp_path / "temporary"
    folder.mkdir()
    stack.enter_context(mounted(folder, "size=16k"))
    fill(folder, 8192)  # in a full one, Python would not even begin, and take another
    refused(
        run(root, "compile", "--no-cache", command=SPOOLED, env={"TMPDIR": str(folder)}),
        *("FL6009", "no space left", "temporary"),
    )
    assert made.judge(0, 1) == "old"
    done(root, "compile", "--no-cache", command=SPOOLED)
    made.judge_settled(1)


def test_a_full_home_costs_nothing_but_the_cache(repository: Repository, tmp_path: Path, stack: ExitStack) -> None:
    made, root = repository, repository.folder
    folder = tmp_path / "home"
    folder.mkdir()
    stack.enter_context(mounted(folder, "size=16k"))
    fill(folder, 0)
    ended = run(root, "compile", env={"XDG_CACHE_HOME": str(folder)})
    assert ended.returncode == 0, ended.stderr
    made.judge_settled(1)


def test_a_limit_on_the_size_of_files_is_said(repository: Repository, tool: Tool) -> None:
    made, root = repository, repository.folder
    limited = [str(tool("prlimit")), "--fsize=300", *FAIRLEAD]
    refused(run(root, "compile", command=limited), "FL6009", "file too large", "ulimit -f")
    refused(run(root, *LOCK, command=limited), "FL6009", "file too large")
    assert made.judge(0, 1) == "old"
    done(root, "compile")
    made.judge_settled(1)


def test_a_read_only_checkout_can_be_read(tmp_path: Path, small: Small) -> None:
    made = small("size=8m")
    root = made.folder
    remount(root, "ro")
    refused(run(root, "compile"), "FL6009", "read-only file system", "compile in a checkout that can be written to")
    refused(run(root, *LOCK), "FL6009", "read-only file system")
    refused(run(root, "init", "--yes", "new"), "Read-only file system")
    assert run(root, "check").returncode == 2
    done(root, "validate")
    done(root, "fmt", "--check")
    out = tmp_path / "out"
    done(root, "compile", "--out", str(out))
    assert made.generated() == made.trees[0]
    remount(root, "rw")
    done(root, "compile")
    remount(root, "ro")
    done(root, "check")
    done(root, "compile")


@pytest.mark.parametrize("part", ["rendered", "rendered/production"])
def test_an_output_that_is_a_file_system_of_its_own_is_said(
    repository: Repository, tmp_path: Path, stack: ExitStack, part: str
) -> None:
    made, root = repository, repository.folder
    aside = tmp_path / "aside"
    (root / part).rename(aside)
    (root / part).mkdir()
    stack.enter_context(mounted(root / part, "size=8m"))
    subprocess.run(["cp", "-a", f"{aside}/.", str(root / part)], check=True)
    refused(run(root, "compile"), "FL6009")
    assert made.judge(0, 1) == "old"


@pytest.fixture
def powerless(tool: Tool) -> list[str]:
    """The command as a root that rights apply to, as they do to everybody else."""
    if os.geteuid() != 0:
        return FAIRLEAD
    return [str(tool("setpriv")), "--bounding-set=-dac_override,-dac_read_search,-fowner", *FAIRLEAD]


@pytest.mark.parametrize(
    ("path", "mode", "said"),
    [
        ("specs/stays.yaml", 0, "error[FL2012]: specs/stays.yaml cannot be read: Permission denied"),
        ("fairlead.yaml", 0, "error[FL2012]: fairlead.yaml cannot be read: Permission denied"),
        ("specs", 0, "error[FL2012]: the folder specs cannot be listed: Permission denied"),
        ("rendered/production/stays/inventory.json", 0, "error[FL6009]"),
        ("rendered/production/changes", 0, "error[FL6009]"),
        ("rendered/production", 0o555, "error[FL6009]"),
        ("rendered", 0o555, "error[FL6009]"),
        (".fairlead", 0o555, "error[FL6009]"),
        (".fairlead", 0, "error[FL6009]"),
        (".fairlead/lock", 0o444, "error[FL6009]"),
    ],
)
def test_what_may_not_be_touched_is_said(
    repository: Repository, powerless: list[str], path: str, mode: int, said: str
) -> None:
    made, root = repository, repository.folder
    place = root / path
    before = place.stat().st_mode & 0o7777
    place.chmod(mode)
    ended = run(root, "compile", "--no-cache", command=powerless)
    place.chmod(before)
    refused(ended, said)
    assert made.judge(0, 1) == "old"
    done(root, "compile")
    made.judge_settled(1)


def test_a_lock_that_cannot_be_read_is_said(repository: Repository, powerless: list[str]) -> None:
    made, root = repository, repository.folder
    done(root, *LOCK)
    (root / "specs/stays.staging.lock.yaml").chmod(0)
    refused(run(root, "compile", command=powerless), "error[FL2012]: specs/stays.staging.lock.yaml cannot be read")
    assert made.judge(0, 1) == "old"


def test_a_folder_of_git_that_cannot_be_written_is_none_of_our_business(
    repository: Repository, powerless: list[str]
) -> None:
    made, root = repository, repository.folder
    (root / ".git").mkdir(mode=0o500)
    done(root, "compile", command=powerless)
    made.judge_settled(1)


def test_without_memory_that_is_shared_the_work_is_done_in_one_process(tmp_path: Path, tool: Tool) -> None:
    if os.geteuid() != 0:
        pytest.skip("taking /dev/shm away needs root")
    made = Repository(tmp_path, more=7)
    program = f"mount -t tmpfs -o ro none /dev/shm && exec {FAIRLEAD[0]} -c '{FAIRLEAD[2]}' compile -j2 --no-cache"
    ended = run(tmp_path, command=[str(tool("unshare")), "--mount", "sh", "-c", program])
    assert ended.returncode == 0, ended.stderr
    before = made.generated()
    assert before
    done(tmp_path, "compile", "-j2", "--no-cache")
    assert made.generated() == before


@pytest.mark.parametrize(
    "times", [("1971-01-02", "1971-01-02"), ("2099-12-31", "1980-01-01"), ("1980-01-01", "2037-01-01")]
)
def test_whatever_the_clock_says_the_tree_is_that_of_the_specifications(
    tmp_path: Path, tool: Tool, times: tuple[str, str]
) -> None:
    """Once forwards, once back, once standing still: a cache that went by times would say that nothing has changed."""
    made = Repository(tmp_path)
    trees = []
    for state, time in ((0, times[0]), (1, times[1]), (0, times[0])):
        faked = [str(tool("faketime")), "-f", time + " 00:00:00", *FAIRLEAD]
        made.edit(state)
        for path in (*made.states[state], "fairlead.yaml"):
            os.utime(tmp_path / path, (86400, 86400))
        done(tmp_path, "compile", command=faked)
        trees.append(made.generated())
    done(tmp_path, "check")
    assert trees[0] == trees[2]
    assert trees[0] != trees[1]
