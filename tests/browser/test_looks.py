"""How the page looks: on a phone and on a desk, in the light and in the dark, on paper, and to who can't see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from fairlead.preview.model import Preview
from tests import pages
from tests.browser.conftest import Visiting

PREVIEWS = [pages.rich, pages.empty, pages.failed, pages.without_base]
WIDTHS = {390: 844, 768: 1024, 1440: 900}
CONTRASTS = """() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const bytes = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = bytes(colour).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  for (const group of document.querySelectorAll("svg.life g")) {
    const card = group.querySelector(":scope > .card"), badge = group.querySelector(":scope > .badge");
    if (!card) continue;
    for (const text of group.querySelectorAll(":scope > text")) {
      const ground = text.matches(".badge-text") ? badge : card;
      found.push([text.textContent, ratio(getComputedStyle(text).fill, getComputedStyle(ground).fill)]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("preview", PREVIEWS)
def test_nothing_is_wider_than_the_window(visit: Visiting, preview: Callable[[], Preview], width: int) -> None:
    page = visit(preview, viewport={"width": width, "height": WIDTHS[width]}).page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("preview", PREVIEWS)
def test_axe_finds_nothing(visit: Visiting, preview: Callable[[], Preview], scheme: str) -> None:
    page = visit(preview, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    options: dict[str, Any] = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, options=options)
    said = [f"{each['id']}: {node['html']}" for each in found.response["violations"] for node in each["nodes"]]
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_pictures_can_be_read(visit: Visiting, scheme: str) -> None:
    """axe looks at no text of an SVG. The least is what WCAG 2.2 asks for in 1.4.3."""
    contrasts = visit(color_scheme=scheme).page.evaluate(CONTRASTS)
    assert len(contrasts) > 100
    assert [one for one in contrasts if one[1] < 4.5] == []


def test_landmarks_and_language_are_there(visit: Visiting) -> None:
    page = visit().page
    for role in ("banner", "search", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_focus_is_seen(visit: Visiting) -> None:
    page = visit().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_nothing_moves(visit: Visiting) -> None:
    page = visit(reduced_motion="reduce").page
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_on_paper_there_are_no_controls_and_it_is_light(visit: Visiting) -> None:
    visited = visit(color_scheme="dark")
    visited.page.emulate_media(media="print")
    assert visited.shown(".tools, nav, .link") == []
    assert (
        visited.page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert len(visited.shown("#effects .message")) == 16


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_people_can_look_at_it(visit: Visiting, pictures: Path, width: int, scheme: str) -> None:
    """The screenshots are for people; that they are of a page and not of one colour can be said here."""
    page = visit(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme).page
    image = page.screenshot(path=pictures / f"preview-{width}-{scheme}.png")
    assert len(image) > 20_000
