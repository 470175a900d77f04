"""A real browser reads the page, without a network, and says what it saw."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from fairlead.preview.html import render_html
from fairlead.preview.model import Preview
from tests import pages
from tests.conformance import tools

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""Any of them will do; Debian has the first, which needs no libraries of a desktop."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be missing, a skip is a failure."""
    report = yield
    if tools.forbidden(report):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and {tools.STRICT} is 1: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; the test skips, and says why, where there is none."""
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None) or tools.find(BROWSERS[0])
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program)
        yield opened
        opened.close()


@dataclass
class Visit:
    """A page that is open, and everything that a good page gives no cause for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Messages in the console, errors of the script, and violations of the page's own policy."""
    requests: list[str] = field(default_factory=list)

    def shown(self, selector: str) -> list[str]:
        """The texts of what a selector finds and a reader sees."""
        found = self.page.locator(selector).filter(visible=True)
        return [" ".join(text.split()) for text in found.all_inner_texts()]

    def search(self, text: str) -> None:
        """Searches as a reader does, and waits for the answer."""
        self.page.keyboard.press("/")
        expect(self.page.locator("#search")).to_be_focused()
        self.page.keyboard.insert_text(text)
        expect(self.page.locator("html")).to_have_attribute("data-filtered", text)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[], Preview]], Path]:
    """`written(pages.rich)` is the file of that preview's page."""
    folder = tmp_path_factory.mktemp("pages")

    def write(preview: Callable[[], Preview]) -> Path:
        path = folder / f"{preview.__name__}.html"
        if not path.exists():
            path.write_text(render_html(preview()), encoding="utf-8", newline="\n")
        return path

    return write


Visiting = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, written: Callable[[Callable[[], Preview]], Path]) -> Iterator[Visiting]:
    """Opens a preview's page; at the end of the test nothing may have been complained about, and nothing fetched."""
    visits: list[Visit] = []

    def open_(preview: Callable[[], Preview] = pages.rich, fragment: str = "", **surroundings: Any) -> Visit:
        given: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", **surroundings}
        context = browser.new_context(offline=True, **given)
        page = context.new_page()
        made = Visit(page)
        visits.append(made)
        page.on("console", lambda message: made.complaints.append(message.text))
        page.on("pageerror", lambda error: made.complaints.append(str(error)))

        def note(request: Request) -> None:
            made.requests.append(request.url)

        page.on("request", note)
        page.goto(f"{written(preview).as_uri()}{fragment}")
        return made

    yield open_
    for each in visits:
        each.page.context.close()
        assert each.complaints == []
        assert len(each.requests) == 1, each.requests


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots are left for people: the folder that FAIRLEAD_SCREENSHOTS names."""
    folder = os.environ.get("FAIRLEAD_SCREENSHOTS")
    path = Path(folder) if folder else tmp_path_factory.mktemp("screenshots")
    path.mkdir(parents=True, exist_ok=True)
    return path
