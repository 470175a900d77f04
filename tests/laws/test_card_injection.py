"""Nothing that a specification or a lock says becomes a part of the card: its lines stay the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache

from hypothesis import example, given, strategies as st

from fairlead.plan.plan import Plan
from fairlead.spec.adjustments import Waiver
from fairlead.workspace.load import load
from fairlead_targets.model_card.target import render
from tests.carded import ROOT, plan_of

ANY = st.characters(exclude_categories=["Cs"])
NASTY = st.text(ANY, min_size=1, max_size=30) | st.sampled_from(
    [
        "# a heading", "- item", "1. item", "2026. item", "123456789) item", "> quote", "---", "===", "```", "~~~",
        "\n## heading\n", "<script>alert(1)</script>", "<!-- ", "-->", "![x](http://evil)", "[x](javascript:1)",
        "<http://evil>", "https://evil.example", "www.evil.example", "@acme/owners", "#1", "GH-1", "`code`", "``", "`",
        "**bold**", "_x_", "a | b", "\\", "&lt;", "{{ 7 * 7 }}", "{% raw %}", "\x1b[31m", "\u202e", "\u2028# x", "$x$",
        "[^1]: note", "[x]: http://evil", "    code", "\t# x", "* * *", "+ x", "fixes #1", ":smile:", "\r# x",
    ]
)  # fmt: skip


@cache
def base() -> Plan:
    return plan_of(load(ROOT), "tumor-classifier", "production")


def saying(text: str) -> str:
    """The card of a pipeline whose free texts, of specification and lock, are this one."""
    plan = base()
    unit = plan.unit
    assert unit.lock is not None
    assert unit.lock.model is not None
    waiver = Waiver.model_construct(check="a.b", reason=text, until=date(2027, 3, 31))
    patches = tuple(patch.model_copy(update={"why": text}) for patch in unit.pipeline.patches)
    metadata = unit.pipeline.metadata.model_copy(update={"description": text})
    pipeline = unit.pipeline.model_copy(update={"metadata": metadata, "waivers": (waiver,), "patches": patches})
    model = unit.lock.model.model_copy(update={"run": text, "metrics": {text: 0.5}, "packages": {text: text}})
    lock = unit.lock.model_copy(update={"model": model})
    return render(replace(plan, unit=replace(unit, pipeline=pipeline, lock=lock)))


OURS = re.compile(r" *(?:- (?:\*\*[a-zA-Z0-9. ]+\*\*:)?|#+ .*|<!-- .*|From .*)?")


def shape(card: str) -> list[str]:
    """What each line begins with: its indent, its mark, and the name in bold where one is ours."""
    found = (OURS.match(line) for line in card.split("\n"))
    return [match[0] for match in found if match is not None]


LIVE = re.compile(
    r"""(?<!\\)(?:\\\\)*(?:
        <(?!!--\ Generated) | \[ | \]\( | !\[ | \| | \$ | ~ | & | (?<!\*)\*(?!\*) | https?:// | www\.
    ) | @\w""",
    re.VERBOSE,
)


@given(NASTY)
@example("a\n# b")
@example("2026. item")
def test_no_text_becomes_a_line_or_a_mark(text: str) -> None:
    card = saying(text)
    assert shape(card) == shape(saying("plain"))
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", card.replace("\n", " \n"))
    assert not LIVE.search(outside), LIVE.search(outside)
    assert not re.search(r"^ *- (?:[-+*#>=]|\d{1,9}[.)])(?:\s|$)", outside, re.MULTILINE)
    # Of what can't be seen there is only the space of no width that keeps names and comments from being found.
    assert all(letter.isprintable() or letter in "\n\N{ZERO WIDTH SPACE}" for letter in card)


@given(NASTY)
def test_the_same_specification_gives_the_same_card(text: str) -> None:
    assert saying(text) == saying(text)


def test_a_secret_in_a_text_is_masked() -> None:
    assert "hunter2hunter2" not in saying("see https://u:hunter2hunter2@acme.example")
