"""The engine keeps to what its container has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fairlead.steps.engine import available, cores, engine


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


def test_what_was_spilled_is_gone_and_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with engine(200 << 20) as duck:
        settings = {row[0]: row[1] for row in duck.query("SELECT name, value FROM duckdb_settings()")}
        assert str(settings["temp_directory"]).startswith(str(tmp_path))
        assert settings["memory_limit"] == "200.0 MiB"
        assert settings["autoinstall_known_extensions"] == "false"
        assert settings["TimeZone"] == "UTC"
    assert list(tmp_path.iterdir()) == []
