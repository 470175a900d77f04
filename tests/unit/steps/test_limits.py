"""A container's bounds are kept, whoever asks for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairlead.steps.limits import available, cores, millis


@pytest.mark.parametrize(
    ("quota", "found"),
    [
        ("50000 100000\n", 1),
        ("100000 100000\n", 1),
        ("max 100000\n", None),
        ("99900000 100000\n", None),
        ("nonsense", None),
        ("1 0", None),
    ],
)
def test_there_are_no_more_threads_than_the_container_has_cores(tmp_path: Path, quota: str, found: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert cores(str(tmp_path / "cpu.max")) == (found or len(os.sched_getaffinity(0)))


def test_without_a_limit_the_cores_are_those_of_the_process(tmp_path: Path) -> None:
    assert cores(str(tmp_path / "none")) == len(os.sched_getaffinity(0))


def test_memory_is_no_more_than_the_machine_has() -> None:
    assert 0 < available() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_a_part_of_a_core_is_shared_out_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert millis(str(tmp_path / "cpu.max")) == 500
