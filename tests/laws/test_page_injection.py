"""Nothing that a specification says becomes part of the page: whatever the texts, the structure is the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any

from hypothesis import example, given, settings, strategies as st

from fairlead.plan.draw.drawing import Drawing
from fairlead.preview.html import render_html
from fairlead.preview.html.texts import seen
from fairlead.preview.model import Preview
from tests import pages
from tests.unit.preview.html.pages import Page

ANY = st.characters(exclude_categories=(), exclude_characters="`\n")
NASTY = st.text(ANY, min_size=1, max_size=20) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "</style><style>*{display:none}</style>",
        '" onmouseover="alert(1)" x="',
        "' autofocus onfocus=alert(1) '",
        "<img src=x onerror=alert(1)>",
        "<!--", "-->", "<![CDATA[", "]]>", "</pre></details></main>", "&lt;b&gt;", "&#60;b&#62;", "&amp", "{{ 7 * 7 }}",
        "{% raw %}", "javascript:alert(1)", "\u2028alert(1)\u2029", "\r", "\x00", "\x1b[31m", "\ud800", "\u202e",
        "\ufeff", "</svg><foreignObject>", "</title><base href=//evil>", "data:text/html,<b>", "😀", "ﬁ", "İ",
    ]
)  # fmt: skip


def saying(value: Any, say: Callable[[str], str]) -> Any:
    """The same with every text another, whatever it is the text of."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return "\n".join(say(line) for line in value.split("\n")) if value else value
    if isinstance(value, tuple):
        return tuple(saying(each, say) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: saying(getattr(value, one.name), say) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


@cache
def base() -> Preview:
    return pages.preview_of(
        (
            pages.part_of("churn", "staging"),
            dataclasses.replace(pages.part_of("parcels", "staging", renamed_from="x"), graph=None),
        )
    )


def structure(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Elements and the names of their attributes. How many lines a text has in a picture depends on its length."""
    found = Page(html).structure
    inside, kept = False, []
    for tag, names in found:
        inside = (inside or (tag == "svg" and "viewbox" in names)) and tag != "/svg"
        if not inside:
            kept.append((tag, names))
    return kept


@cache
def expected() -> list[tuple[str, tuple[str, ...]]]:
    return structure(render_html(saying(base(), lambda text: f"{text}plain")))


SVG = {"svg", "title", "desc", "rect", "g", "path", "text", "tspan", "circle"}


@settings(max_examples=25)
@given(NASTY)
@example("</script>")
@example('"')
def test_no_text_becomes_an_element_or_an_attribute(text: str) -> None:
    html = render_html(saying(base(), lambda old: f"{old}{text}"))
    assert structure(html) == expected()
    page = Page(html)
    drawn = {tag for tag, _ in page.structure if not tag.startswith("/")} - {tag for tag, _ in expected()}
    assert drawn <= SVG
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    # And the reader sees it, as it is, or by its number.
    assert f"churn{seen(text)}" in page.text
    html.encode()


@given(NASTY)
def test_what_a_text_begins_with_decides_nothing(text: str) -> None:
    preview = base()
    part = dataclasses.replace(preview.parts[0], owner=text, renamed_from=text, graph=None)
    effect = dataclasses.replace(part.effects[0], message=text, kind=text, node=text, why=(text,))
    plain = dataclasses.replace(effect, message="m", kind="k", node="n", why=("w",))
    shown = [
        structure(
            render_html(
                dataclasses.replace(
                    preview,
                    verdict=verdict,
                    parts=(dataclasses.replace(part, owner=owner, renamed_from=owner, effects=(one,)),),
                )
            )
        )
        for verdict, owner, one in ((text, text, effect), ("verdict", "owner", plain))
    ]
    assert shown[0] == shown[1]


def test_a_drawing_is_among_what_is_tried() -> None:
    graph = base().parts[0].graph
    assert graph is not None
    changed = saying(graph.drawing, lambda text: f"{text}!")
    assert isinstance(changed, Drawing)
    assert changed.vertices[0].id == "data!"
