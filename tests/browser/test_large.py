"""A page about hundreds of pipelines can be used, and texts that would be code are text to a browser too."""

from __future__ import annotations

import dataclasses

from fairlead.preview.model import Preview
from tests import pages
from tests.browser.conftest import Visiting
from tests.laws.test_page_injection import saying

MOST_BYTES = 6_000_000
STRUCTURE = """() => [...document.querySelectorAll("body *")].filter((each) => !each.closest("svg.life"))
  .map((each) => `${each.localName} ${[...each.attributes].map((one) => one.name).join(" ")}`)"""


def hundreds() -> Preview:
    return pages.preview_of(tuple(pages.part_of(f"churn-{number:04d}", "production") for number in range(200)))


def plain() -> Preview:
    parts = (pages.part_of("churn", "staging"), dataclasses.replace(pages.part_of("b", "staging"), graph=None))
    return pages.preview_of(parts)


def marked() -> Preview:
    return saying(plain(), lambda text: f"{text}plain")  # type: ignore[no-any-return]


def nasty() -> Preview:
    evil = (
        "</script></pre></style></title></svg><img src=x onerror=alert(1)>\" onfocus='alert(1)' <!-- ]]> \u2028\r\x00"
    )
    return saying(plain(), lambda text: f"{text}{evil}")  # type: ignore[no-any-return]


def test_texts_that_would_be_code_are_text(visit: Visiting) -> None:
    visited = visit(nasty)
    assert visited.page.evaluate(STRUCTURE) == visit(marked).page.evaluate(STRUCTURE)
    assert "onerror=alert(1)" in visited.page.get_by_role("heading", level=1).inner_text()


def test_hundreds_of_pipelines_are_searched(visit: Visiting) -> None:
    page = visit(hundreds).page
    assert page.evaluate("document.documentElement.outerHTML.length") < MOST_BYTES
    page.locator("#search").fill("churn-0131 memory")
    page.locator("html[data-filtered]").wait_for(state="attached")
    assert (page.locator("#found").text_content() or "").startswith("4 of ")
    # Asked of the page itself: a look at each of thousands of elements from outside takes minutes.
    seen = "[...document.querySelectorAll('#effects .item')].filter((each) => !each.hidden).map((each) => each.id)"
    assert page.evaluate(seen) == ["effect/churn-0131/production/memory/serve"]
    page.keyboard.press("Escape")
    page.evaluate("location.hash = 'resource/churn-0199/production/InferenceService/ml/churn-0199'")
    page.locator("[id='resource/churn-0199/production/InferenceService/ml/churn-0199'] pre").wait_for(state="visible")
