"""Every code has a page that is worth opening."""

from __future__ import annotations

import re

import pytest

from fairlead.cli.explain import all_codes
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place

CODES = all_codes()


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_code_has_a_title_and_a_page(code: Code) -> None:
    assert re.fullmatch(r"FL[1-9][0-9]{3}", code.id)
    assert code.title[0].islower() or code.title.split()[0] in ("CRDs", "Git", "UTF-16", "YAML")
    assert not code.title.endswith(".")
    assert len(code.page) > 120, "a page says what is wrong, why it matters and how it is mended"
    assert code.page.count("```") % 2 == 0


def test_the_rooms_are_told_apart_by_the_thousands() -> None:
    assert {code.id[2] for code in CODES.values()} <= set("123456789")


def test_a_code_is_defined_once() -> None:
    with pytest.raises(ValueError, match="FL1101 is defined twice"):
        Code("FL1101", "another", "x" * 200)


def test_places_are_written_as_editors_take_them() -> None:
    assert str(Place("a.yaml", 3, 7, 3, 9)) == "a.yaml:3:7"


def test_a_message_that_quotes_a_megabyte_loses_its_middle() -> None:
    code = next(iter(CODES.values()))
    found = Diagnostic(code, Place.start_of("a.yaml"), f"`{'x' * 1_000_000}` is no key", "y" * 1_000_000)
    assert len(found.message) < 2_000
    assert found.message.startswith("`xxx")
    assert found.message.endswith("` is no key")
    assert len(found.help) < 2_000
