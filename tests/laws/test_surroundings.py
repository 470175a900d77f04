"""The command as a process, in surroundings that nobody wants: it does the same, or says why it can't."""

from __future__ import annotations

import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.laws.repositories import PROJECT, specification
from tests.projects import write_project
from tests.unit.output.trees import tree

FAIRLEAD = [sys.executable, "-c", "from fairlead.cli.main import main; main()"]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
NAME = "specs/été \N{SNOWMAN}.yaml"

# Several at once, because each is a process; a failure says which, for each alone has its own symptom.
SAME: dict[str, dict[str, str]] = {
    "no UTF-8, no docstrings, another time zone": {**ASCII, "PYTHONOPTIMIZE": "2", "TZ": "Pacific/Kiritimati"},
    "no locale, no assertions": {"LC_ALL": "", "LANG": "", "PYTHONOPTIMIZE": "1"},
    "a locale that is not installed, a narrow terminal of Latin-1": {
        "LC_ALL": "xx_YY.nonsense",
        "PYTHONIOENCODING": "latin-1:strict",
        "COLUMNS": "1",
        "LINES": "1",
        "TERM": "dumb",
    },
    "Turkish, warnings as errors": {
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        "PYTHONWARNINGS": "error",
        "PYTHONWARNDEFAULTENCODING": "1",
    },
    "no home, no place for temporary files": {"HOME": "", "XDG_CACHE_HOME": "", "TMPDIR": "/nonexistent"},
    "a cache in a file, a terminal of ASCII": {"XDG_CACHE_HOME": "/dev/null", "PYTHONIOENCODING": "ascii"},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {NAME: specification("assistant"), "specs/screen.yaml": specification("screen")}
    return write_project(tmp_path_factory.mktemp("project"), files, PROJECT)


@pytest.fixture(scope="module")
def reference(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("reference")
    done = run(project, "compile", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return tree(out)


def run(
    folder: Path, *arguments: str, env: dict[str, str] | None = None, by: str = "exec {}"
) -> subprocess.CompletedProcess[str]:
    """The command in a folder; `by` says how a shell starts it."""
    command = by.format(shlex.join([*FAIRLEAD, *arguments]))
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


@pytest.mark.parametrize("surroundings", SAME)
def test_the_output_is_the_same(project: Path, reference: dict[str, bytes], tmp_path: Path, surroundings: str) -> None:
    done = run(project, "compile", "--out", str(tmp_path), env=SAME[surroundings])
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert tree(tmp_path) == reference


@pytest.mark.parametrize("streams", [">&- 2>&-", "<&- >&- 2>&-"], ids=["out, err", "all"])
def test_a_stream_that_is_closed_is_missed_by_nobody(
    project: Path, reference: dict[str, bytes], tmp_path: Path, streams: str
) -> None:
    done = run(project, "compile", "--out", str(tmp_path), by="exec {} " + streams)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path) == reference
    assert (tmp_path / ".fairlead/lock").read_text().strip().isdecimal(), "messages went into the first file"


def test_findings_and_schemas_are_the_same(project: Path, tmp_path: Path) -> None:
    wrong = write_project(tmp_path, {NAME: specification("assistant").replace("owner:", "ownér:")}, PROJECT)
    env = {**ASCII, "PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "ascii"}
    for arguments in (("validate", "--project", str(wrong), "--format", "json"), ("schema",)):
        plain, other = run(project, *arguments), run(project, *arguments, env=env)
        assert (other.returncode, other.stdout) == (plain.returncode, plain.stdout)


@pytest.mark.parametrize(("mask", "file", "folder"), [("077", 0o600, 0o700), ("000", 0o666, 0o777)])
def test_modes_are_what_the_mask_of_the_user_says(
    project: Path, reference: dict[str, bytes], tmp_path: Path, mask: str, file: int, folder: int
) -> None:
    done = run(project, "compile", "--out", str(tmp_path), by=f"umask {mask}; exec {{}}")
    assert done.returncode == 0, done.stderr
    made = list((tmp_path / "rendered").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {file}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {folder}
    assert tree(tmp_path) == reference


def test_it_works_from_a_folder_below(project: Path, reference: dict[str, bytes], tmp_path: Path) -> None:
    done = run(project / "specs", "compile", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path) == reference


@pytest.mark.parametrize("command", ["compile", "init --yes"])
def test_a_folder_that_was_deleted_is_said(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, *command.split(), by="mkdir gone; cd gone; rmdir ../gone; exec {}")
    assert done.returncode == 1
    assert "not there any more" in done.stderr


def test_a_full_standard_output_is_said(project: Path) -> None:
    done = run(project, "schema", by="exec {} >/dev/full")
    assert (done.returncode, done.stderr) == (1, "error: No space left on device: standard output\n")


def test_a_reader_who_goes_away_is_no_error_to_speak_of(project: Path) -> None:
    done = run(project, "schema", by="{} | true")
    assert done.stderr == ""


def test_a_terminal_of_one_column_gets_everything(project: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 1, 1, 0, 0))
    command = [*FAIRLEAD, "compile", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=project, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert b"rendered/staging/assistant/" in os.read(ours, 1 << 16)
    os.close(ours)
