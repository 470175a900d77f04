from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.spec.units import TimeZone
from tests.unit.spec.refusals import code, mended


@pytest.mark.parametrize("text", ["Europe/Zurich", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+2"])
def test_names_of_the_iana_database_are_time_zones(text: str) -> None:
    assert TimeZone.parse(text) == text


@pytest.mark.parametrize(
    "text", ["", "+02:00", "Local", "europe/zurich", "Europe", "../../etc/passwd", "Europe/Zurich\n"]
)
def test_nothing_else_is(text: str) -> None:
    assert code(TimeZone, text) == "FL1235"


@pytest.mark.parametrize(
    ("text", "meant"), [("Europe/Zuerich", "Europe/Zurich"), ("europe/zurich", "Europe/Zurich"), ("New_York", None)]
)
def test_the_nearest_name_is_proposed(text: str, meant: str | None) -> None:
    assert mended(TimeZone, text) == meant


def test_the_machines_own_database_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONTZPATH", str(tmp_path))
    monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path),))
    assert TimeZone.parse("Asia/Tokyo") == "Asia/Tokyo"
