"""What a reader finds, with keys, with a mouse, and with links."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import pages
from tests.browser.conftest import Visiting

SERVICE = "resource/churn/production/InferenceService/ml/churn"


def test_the_verdict_is_the_first_thing_on_the_page(visit: Visiting) -> None:
    page = visit().page
    heading = page.get_by_role("heading", level=1)
    assert heading.text_content() == pages.rich().verdict
    box = heading.bounding_box()
    assert box
    assert box["y"] < 150


def test_searching_leaves_what_was_searched_for(visit: Visiting) -> None:
    visited = visit()
    visited.search("memory parcels")
    assert visited.shown("#effects .message") == ["memory limit 4Gi -> 2Gi, below what the last run used #"]
    assert visited.shown("#risk .where a") == ["parcels in production"]
    assert visited.shown("#found") == [visited.page.locator("#found").inner_text()]
    # Values and lines of differences are searched too.
    assert visited.shown("#resources .resource strong") == ["InferenceService parcels"]


def test_what_fits_nothing_says_so_and_escape_brings_everything_back(visit: Visiting) -> None:
    visited = visit()
    before = visited.shown("#effects .message")
    visited.search("no such thing")
    assert visited.shown("#effects .message") == []
    assert visited.shown("#nothing") == ["Nothing on this page is like that. Clear the filters"]
    visited.page.keyboard.press("Escape")
    assert visited.shown("#effects .message") == before
    assert visited.page.locator("#search").input_value() == ""


def test_severity_environment_and_pipeline_narrow_together(visit: Visiting) -> None:
    visited = visit()
    page = visited.page
    page.get_by_role("button", name="destroys").click()
    assert visited.shown("#effects .message") == ["alert LatencyBudgetBurn removed #"] * 3
    page.get_by_label("Environment", exact=True).select_option("production")
    page.get_by_label("Pipeline", exact=True).select_option("parcels")
    assert visited.shown("#effects .message") == ["alert LatencyBudgetBurn removed #"]
    assert visited.shown("#resources .resource strong") == ["PrometheusRule parcels"]
    assert page.get_by_role("button", name="destroys").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="destroys").click()
    assert len(visited.shown("#effects .message")) == 5


def test_a_search_is_said_aloud(visit: Visiting) -> None:
    visited = visit()
    visited.search("retrains")
    status = visited.page.get_by_role("status")
    assert status.inner_text().endswith(" shown")


@pytest.mark.parametrize(("down", "up"), [("j", "k"), ("ArrowDown", "ArrowUp")])
def test_keys_step_through_what_there_is(visit: Visiting, down: str, up: str) -> None:
    page = visit().page
    page.keyboard.press(down)
    first = page.evaluate("document.activeElement.innerText")
    page.keyboard.press(down)
    second = page.evaluate("document.activeElement.innerText")
    page.keyboard.press(up)
    assert first.startswith("the working tree has changes")
    assert second.startswith("base was written by")
    assert page.evaluate("document.activeElement.innerText") == first


def test_steps_leave_out_what_is_filtered_away(visit: Visiting) -> None:
    visited = visit()
    visited.search("retrains")
    visited.page.keyboard.press("Tab")
    visited.page.get_by_role("heading", level=1).click()
    seen = []
    for _ in range(4):
        visited.page.keyboard.press("j")
        seen.append(visited.page.evaluate("document.activeElement.dataset.severity ?? ''"))
    assert seen == ["", "", "behaviour", "behaviour"]


def test_a_resource_is_opened_with_the_keyboard(visit: Visiting) -> None:
    page = visit().page
    summary = page.locator(f"[id='{SERVICE}'] > summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(f"[id='{SERVICE}'] pre").is_visible()


def test_everything_is_expanded_and_collapsed(visit: Visiting) -> None:
    visited = visit()
    visited.page.get_by_role("button", name="Expand all").click()
    count = visited.page.locator("#resources pre").count()
    assert len(visited.shown("#resources pre")) == count == 17
    visited.page.get_by_role("button", name="Collapse all").click()
    assert visited.shown("#resources pre") == []


def test_a_picture_is_shown_in_its_own_size(visit: Visiting) -> None:
    page = visit().page
    graph = page.locator("[id='graph/churn/production']")
    before = graph.locator("svg").evaluate("(svg) => svg.getBoundingClientRect().width")
    graph.get_by_role("button", name="Actual size").click()
    assert graph.locator("svg").evaluate("(svg) => svg.getBoundingClientRect().width") > before


def test_help_opens_and_closes_with_keys(visit: Visiting) -> None:
    page = visit().page
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog", name="Keys").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_leads_to_what_it_names_and_opens_it(visit: Visiting, scripts: bool) -> None:
    page = visit(fragment=f"#{SERVICE}", java_script_enabled=scripts).page
    where = page.locator(f"[id='{SERVICE}']")
    box = where.bounding_box()
    assert box
    assert 0 <= box["y"] < 400
    if scripts:
        assert where.locator("pre").is_visible()
        expect(where.locator(":scope > summary")).to_be_focused()


def test_a_link_leads_to_what_the_filters_hide(visit: Visiting) -> None:
    visited = visit()
    visited.search("alert")
    visited.page.evaluate(f"location.hash = '{SERVICE}'")
    visited.page.locator(f"[id='{SERVICE}'] pre").wait_for(state="visible")


def test_a_link_to_what_is_not_there_does_nothing(visit: Visiting) -> None:
    visit(fragment="#resource/of/another%E2/page")


def test_a_link_to_where_the_reader_is_can_be_copied(visit: Visiting) -> None:
    visited = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visited.page
    page.locator(f"[id='{SERVICE}'] > summary").focus()
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_have_text("The link is copied.")
    assert page.url.endswith(f"#{SERVICE}")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_letters_that_are_typed_are_no_commands(visit: Visiting) -> None:
    visited = visit()
    visited.search("jked?c")
    assert visited.page.locator("#search").input_value() == "jked?c"
    assert not visited.page.get_by_role("dialog").is_visible()


def test_dark_and_light_are_chosen_and_kept_for_this_page_alone(visit: Visiting) -> None:
    visited = visit()
    page = visited.page
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark", exact=True).click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    visited.requests.pop()
    assert page.evaluate(ground) == dark
    other = visit(pages.empty).page
    assert other.evaluate(ground) == light


def test_the_system_says_whether_it_is_dark(visit: Visiting) -> None:
    grounds = [
        visit(color_scheme=scheme).page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert grounds == ["rgb(246, 247, 249)", "rgb(13, 17, 23)"]


def test_without_a_script_everything_is_there_and_no_control_is_dead(visit: Visiting) -> None:
    visited = visit(java_script_enabled=False)
    assert visited.shown("button, input, select") == []
    assert len(visited.shown("#effects .message")) == 16
    visited.page.locator(f"[id='{SERVICE}'] > summary").click()
    assert visited.page.locator(f"[id='{SERVICE}'] pre").is_visible()
