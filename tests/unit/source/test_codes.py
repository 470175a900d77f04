"""The codes of the room that reads: numbered without gaps, each with a page that shows the wrong and the right."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import fairlead.source
from fairlead.source.diagnostics import Code, defined_codes

for module in pkgutil.walk_packages(fairlead.source.__path__, "fairlead.source."):
    importlib.import_module(module.name)
CODES = [code for id_, code in defined_codes().items() if id_.startswith("FL10")]


def test_numbers_are_dense() -> None:
    assert [code.id for code in CODES] == [f"FL{1001 + number}" for number in range(len(CODES))]
    assert len(CODES) == 20


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_a_page_explains_and_shows_wrong_and_right(code: Code) -> None:
    assert len(code.page) > 300
    lower = code.page.lower()
    assert "wrong" in lower or "written" in lower
    assert "right" in lower or "write instead" in lower
    assert not code.title.endswith(".")


def test_a_page_has_no_character_that_a_terminal_obeys() -> None:
    for code in CODES:
        assert all(letter == "\n" or letter.isprintable() for letter in code.page), code.id
