"""A command is measured as if it stood alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fairlead.steps import measure

SCRIPT = measure.__file__
MIB = 1 << 20


def measured(
    folder: Path, *command: str, **environ: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any] | None]:
    """Runs a command under the script alone, as an image without Fairlead does; and what it wrote."""
    file = folder / "usage.json"
    done = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *command],
        env={**os.environ, "FAIRLEAD_USAGE": str(file), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads(file.read_text()) if file.exists() else None


def test_what_a_command_used_is_written_down(tmp_path: Path) -> None:
    work = (
        "block = bytearray(120 << 20); import time; end = time.process_time() + 0.1\nwhile time.process_time() < end: 0"
    )
    done, usage = measured(tmp_path, sys.executable, "-I", "-S", "-c", f"{work}\nprint(len(block))")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{120 * MIB}\n", "")
    assert usage is not None
    assert usage.keys() == {"memory", "measured", "cpu", "time"}
    assert usage["memory"] > 120 * MIB
    assert usage["cpu"] >= 0.1
    assert usage["time"] >= 0.1


def test_a_command_that_fails_is_measured_and_its_exit_code_is_its_own(tmp_path: Path) -> None:
    done, usage = measured(tmp_path, "/bin/sh", "-c", "echo out; echo err >&2; exit 11")
    assert (done.returncode, done.stdout, done.stderr) == (11, "out\n", "err\n")
    assert usage is not None


def test_a_command_that_is_killed_ends_the_script_in_the_same_way(tmp_path: Path) -> None:
    done, usage = measured(tmp_path, "/bin/sh", "-c", "kill -9 $$")
    assert done.returncode == -signal.SIGKILL
    assert usage is not None
    assert measured(tmp_path, "/bin/sh", "-c", "kill -15 $$")[0].returncode == -signal.SIGTERM


def test_a_signal_reaches_the_command(tmp_path: Path) -> None:
    command = "trap 'echo saved; exit 7' TERM; echo ready; while :; do sleep 0.01; done"
    with subprocess.Popen(
        [sys.executable, "-I", "-S", SCRIPT, "/bin/sh", "-c", command],
        env={**os.environ, "FAIRLEAD_USAGE": str(tmp_path / "usage.json")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        assert process.stdout.read() == "saved\n"
        assert process.wait() == 7
    assert (tmp_path / "usage.json").exists()


def test_a_command_that_is_not_there_is_what_a_shell_makes_of_it(tmp_path: Path) -> None:
    done, usage = measured(tmp_path, "no-such-program")
    assert done.returncode == 127
    assert done.stderr == "error: `no-such-program` can't be run: No such file or directory\n"
    assert usage is None
    assert measured(tmp_path, str(tmp_path))[0].returncode == 126
    assert measured(tmp_path)[0].returncode == 2


def test_where_nobody_asks_the_command_just_runs(tmp_path: Path) -> None:
    done, usage = measured(tmp_path, "/bin/sh", "-c", "echo done", FAIRLEAD_USAGE="")
    assert (done.returncode, done.stdout, usage) == (0, "done\n", None)


def test_what_can_not_be_written_is_a_warning(tmp_path: Path) -> None:
    done, _ = measured(tmp_path, "true", FAIRLEAD_USAGE=str(tmp_path / "nowhere" / "usage.json"))
    assert done.returncode == 0
    assert done.stderr.startswith("warning: what this step used isn't known: ")


class Machine:
    """The control groups of a machine, in a folder."""

    def __init__(self, folder: Path, mine: str, first: str, files: dict[str, str]) -> None:
        self.groups, self.processes = folder / "groups", folder / "proc"
        for process, said in (("self", mine), ("1", first)):
            (self.processes / process).mkdir(parents=True)
            (self.processes / process / "cgroup").write_text(said)
        for name, text in files.items():
            (self.groups / name).parent.mkdir(parents=True, exist_ok=True)
            (self.groups / name).write_text(text)

    @property
    def peak(self) -> int | None:
        return measure.group_peak(str(self.groups), str(self.processes))


V2 = {"memory.max": "4294967296\n", "memory.peak": "2789212160\n"}
POD = "/kubepods/pod1/c1"


@pytest.mark.parametrize(
    ("mine", "first", "files", "peak"),
    [
        pytest.param("0::/\n", "0::/\n", V2, 2789212160, id="a container that sees itself as the root"),
        pytest.param(
            f"0::{POD}\n",
            f"0::{POD}\n",
            {f"{POD[1:]}/{name}": text for name, text in V2.items()},
            2789212160,
            id="a container that sees the node's tree",
        ),
        pytest.param("0::/user/me\n", "0::/init\n", V2, None, id="a shell on a machine"),
        pytest.param("0::/\n", "0::/\n", {**V2, "memory.max": "max\n"}, None, id="a group without a limit"),
        pytest.param("0::/\n", "0::/\n", {"memory.max": "4294967296\n"}, None, id="a kernel before 5.19"),
        pytest.param("0::/\n", "0::/\n", {**V2, "memory.peak": "many\n"}, None, id="no number"),
        pytest.param(
            f"9:name=systemd:{POD}\n4:memory:{POD}\n0::/\n",
            f"9:name=systemd:{POD}\n4:memory:{POD}\n0::/\n",
            {"memory/memory.limit_in_bytes": "4294967296\n", "memory/memory.max_usage_in_bytes": "1048576\n"},
            1048576,
            id="version 1",
        ),
        pytest.param(
            "4:memory:/\n",
            "4:memory:/\n",
            {"memory/memory.limit_in_bytes": "9223372036854771712\n", "memory/memory.max_usage_in_bytes": "1048576\n"},
            None,
            id="version 1, a whole machine",
        ),
    ],
)
def test_a_control_group_counts_where_it_is_the_containers_own(
    tmp_path: Path, mine: str, first: str, files: dict[str, str], peak: int | None
) -> None:
    assert Machine(tmp_path, mine, first, files).peak == peak


def test_where_there_are_no_control_groups_the_largest_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "group_peak", lambda: None)
    found = measure.used(1.0)
    assert found["measured"] == "process"
    assert isinstance(found["memory"], int)
    assert found["memory"] > 10 * MIB
    monkeypatch.setattr(measure, "group_peak", lambda: 5 * MIB)
    assert (measure.used(1.0)["memory"], measure.used(1.0)["measured"]) == (5 * MIB, "container")


def test_a_step_of_fairleads_own_measures_itself(tmp_path: Path) -> None:
    began = time.monotonic()
    file = tmp_path / "usage.json"
    done = subprocess.run(
        [sys.executable, "-m", "fairlead.steps", "gate"],
        env={**os.environ, "FAIRLEAD_USAGE": str(file)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, "it has no input, and is measured nevertheless"
    assert json.loads(file.read_text())["time"] <= time.monotonic() - began
