"""The page: whole, in order, of one piece, and the same each time."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any

import pytest

from fairlead.plan.draw.drawing import Drawing
from fairlead.preview.html import render_html
from fairlead.preview.html.entries import MOST_PICTURES
from fairlead.preview.html.texts import money
from fairlead.preview.model import Change, Preview
from fairlead.source.places import Place
from tests import pages
from tests.unit.preview.html.pages import Page

EVERY = [pages.rich, pages.empty, pages.failed, pages.without_base]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_html(pages.rich()))


def said(value: Any) -> Iterator[str]:
    """Every text and number of a preview. Mermaid is another spelling of the graph."""
    if isinstance(value, Place):
        yield str(value)
    elif isinstance(value, Drawing | Enum | bool | None):
        return
    elif isinstance(value, str):
        yield from (line for line in value.replace("`", "").split("\n") if line)
    elif isinstance(value, Decimal):
        yield money(value)
    elif isinstance(value, tuple):
        for each in value:
            yield from said(each)
    else:
        for one in dataclasses.fields(value):
            if one.name != "mermaid":
                yield from said(getattr(value, one.name))


def test_nothing_of_the_preview_is_lost(page: Page) -> None:
    assert [text for text in said(pages.rich()) if text not in page.text] == []


def test_the_order_is_that_of_what_matters(page: Page) -> None:
    order = [
        value for value in page.values("id") if value in {"risk", "effects", "cost", "graphs", "findings", "resources"}
    ]
    assert order == ["risk", "effects", "cost", "graphs", "findings", "resources"]
    assert page.text.index(pages.rich().verdict) < page.text.index("Destroyed or at risk")


@pytest.mark.parametrize("preview", EVERY)
def test_equal_previews_give_equal_bytes(preview: Any) -> None:
    assert render_html(preview()) == render_html(preview())


def test_the_bytes_depend_on_no_order_of_sets() -> None:
    code = "from tests import pages; from fairlead.preview.html import render_html; print(hash('a')); import hashlib;"
    code += "print(hashlib.sha256(render_html(pages.rich()).encode()).hexdigest())"
    ended = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        for seed in ("1", "2")
    ]
    (one, same), (other, again) = (each.stdout.split() for each in ended)
    assert one != other
    assert same == again


def test_the_page_allows_itself_its_own_style_and_script_and_nothing_else(page: Page) -> None:
    policy = next(value for value in page.values("content") if "default-src" in value)
    hashes = {
        name: f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for name, text in page.raw.items()
    }
    assert policy == (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'"
    )


@pytest.mark.parametrize("preview", EVERY)
def test_nothing_is_loaded_from_anywhere(preview: Any) -> None:
    page = Page(render_html(preview()))
    assert [value for name in ("src", "srcset", "action", "data", "style") for value in page.values(name)] == []
    assert [value for value in page.values("href") if not value.startswith("#")] == []
    assert "url(" not in page.raw["style"]
    assert "@import" not in page.raw["style"]
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


@pytest.mark.parametrize("preview", EVERY)
def test_every_link_leads_somewhere_and_every_id_is_there_once(preview: Any) -> None:
    page = Page(render_html(preview()))
    ids = page.values("id")
    assert sorted(set(ids)) == sorted(ids)
    assert {value[1:] for value in page.values("href")} <= set(ids)
    named = [
        one for name in ("aria-labelledby", "aria-describedby") for value in page.values(name) for one in value.split()
    ]
    assert set(named) <= set(ids)


@pytest.mark.parametrize("preview", EVERY)
def test_elements_are_closed_in_the_order_in_which_they_were_opened(preview: Any) -> None:
    open_: list[str] = []
    for tag, _ in Page(render_html(preview())).structure:
        if tag.startswith("/"):
            while open_ and open_[-1] in ("meta", "input"):
                open_.pop()
            assert open_
            assert open_.pop() == tag[1:]
        else:
            open_.append(tag)
    assert open_ == []


def test_headings_skip_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.structure if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_change_that_does_nothing_says_so() -> None:
    text = Page(render_html(pages.empty())).text
    assert "Nothing is destroyed or replaced, and no data or traffic is at risk." in text
    assert "Every resource is the same as before." in text


def test_a_head_that_does_not_compile_says_why_and_promises_nothing() -> None:
    text = Page(render_html(pages.failed())).text
    assert "HEAD (3f2a91c0d4be) does not compile" in text
    assert "splt is no field of data" in text
    assert "Nothing is destroyed" not in text
    assert "destroyed or replaced" not in text
    assert "same as before" not in text


def test_a_base_that_does_not_compile_is_no_promise_either() -> None:
    text = Page(render_html(pages.without_base())).text
    assert "main (3f2a91c0d4be) does not compile" in text
    assert "Nothing changes" not in text
    assert "same as before" not in text


def test_what_nothing_explains_is_marked(page: Page) -> None:
    assert page.text.count("no effect above is about it") == 3


def test_the_same_risk_in_many_places_is_one_line(page: Page) -> None:
    start, end = (
        page.text.index("Destroyed or at risk", page.text.index("Skip")),
        page.text.index("Shared by all pipelines"),
    )
    assert page.text[start:end].count("rolls out version 14 at 10 %") == 1


def many(count: int) -> Preview:
    return pages.preview_of(tuple(pages.part_of(f"churn-{number:04d}", "production") for number in range(count)))


def test_of_many_graphs_the_first_are_drawn_and_the_others_are_listed() -> None:
    html = render_html(many(MOST_PICTURES + 5))
    page = Page(html)
    assert html.count('<svg class="life"') == MOST_PICTURES
    assert "5 graphs are listed and not drawn" in page.text
    assert page.text.count("All 10 nodes and 11 ways as a list") == MOST_PICTURES + 5


def test_a_resource_knows_the_severities_of_the_effects_on_its_node() -> None:
    html = render_html(pages.rich())
    found = re.search(r'id="resource/churn/production/InferenceService/ml/churn" data-severity="([^"]*)"', html)
    assert found
    assert found[1] == "risk"


def test_a_renamed_pipeline_says_what_it_was(page: Page) -> None:
    assert "was parcel-delays" in page.text
    assert Change.REPLACED in {part.change for part in pages.rich().parts}
