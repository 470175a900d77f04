"""`fairlead preview --format html`, on a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from fairlead.cli.preview import command
from tests.repositories import Repository
from tests.unit.plan.draw.example import FAIRLEAD, PARCELS
from tests.unit.preview.html.pages import Page

CHANGED = PARCELS.replace("test: 0.2", "test: 0.3").replace("monitoring:", "# no monitoring\nmonitoring:").replace(
    "  drift: {features: {weight: {threshold: 0.2}}}\n", ""
).replace(", on: [drift]", "")  # fmt: skip


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repository = Repository(tmp_path)
    repository.start({"specs/parcels.yaml": PARCELS}, FAIRLEAD)
    repository.write("specs/parcels.yaml", CHANGED)
    monkeypatch.chdir(tmp_path)
    return repository


def test_the_page_of_a_change_is_written(changed: Repository) -> None:
    ended = CliRunner().invoke(command, ["--base", "HEAD", "--format", "html", "--out", "out/page.html", "--jobs", "1"])
    assert ended.exit_code == 0, ended.output
    html = (changed.folder / "out/page.html").read_text(encoding="utf-8")
    page = Page(html)
    assert "retrains: the split changed" in page.text
    assert "part/parcels/staging" in page.values("id")
    assert '<svg class="life"' in html
    assert "− removed" in html


def test_the_same_change_gives_the_same_bytes(changed: Repository) -> None:
    arguments = ["--base", "HEAD", "--format", "html", "--jobs", "1"]
    pages = {CliRunner().invoke(command, arguments).stdout for _ in range(2)}
    assert len(pages) == 1
    assert pages.pop().startswith("<!doctype html>\n")


def test_a_page_can_be_written_beside_another_format(changed: Repository) -> None:
    ended = CliRunner().invoke(command, ["--base", "HEAD", "--also", "html=page.html", "--jobs", "1"])
    assert ended.exit_code == 0, ended.output
    assert (changed.folder / "page.html").stat().st_size > 20_000
