"""The engine keeps to what its container has."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.steps.engine import engine


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
