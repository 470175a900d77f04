"""The previews under docs/previews are what Fairlead says; `python -m tests.previews` writes them again."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from fairlead.preview.document import render_json
from fairlead.preview.text import render_text
from tests.previews import EXAMPLES, FOLDER, Examples, index


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    return Examples(tmp_path_factory.mktemp("previews"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_typical_change_has_the_preview_that_is_committed(examples: Examples, name: str) -> None:
    assert examples.page(name) == (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def test_every_example_is_in_the_list() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == index()
    assert {path.stem for path in FOLDER.glob("*.md")} == {*EXAMPLES, "README"}


def test_json_and_text_of_a_canary(examples: Examples, snapshot: SnapshotAssertion) -> None:
    found = examples.preview("canary")
    assert render_json(found) == snapshot(name="json")
    assert render_text(found) == snapshot(name="text")
