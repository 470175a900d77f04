"""Markdown fits into what GitHub takes, whatever is in it, and the worst is what stays."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from fairlead.preview import effects
from fairlead.preview.markdown import COMMENT, SMALLEST, render_markdown
from fairlead.preview.model import Change, Effect, Notice, Part, Preview, ResourceChange, Severity, Side
from fairlead.source.places import Place

NASTY = "`` ```` </details> <!-- fairlead:preview --> @team #1 [x](y) ä🟥 | \u202e"
PLACE = Place(f"specs/{NASTY}.yaml", 3, 1, 3, 2)


def part(number: int) -> Part:
    name = f"pipeline-{number}"
    found = tuple(
        Effect(severity, "kind", f"{severity} {NASTY} {number}", "production", name, "serve", PLACE, why=(NASTY,))
        for severity in Severity
    )
    diff = f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{NASTY}\n+{'`' * 30}\n" + "+line\n" * 200
    change = ResourceChange(
        Change.CHANGED,
        f"rendered/{NASTY}/{number}.yaml",
        None,
        "InferenceService",
        "ml",
        name,
        None,
        "kserve",
        "serve",
        PLACE,
        (),
        explained=True,
        diff=diff,
    )
    return Part("production", name, Change.CHANGED, "team", None, found, (change,), None, None)


def page(parts: int) -> Preview:
    notes = tuple(Notice(NASTY, NASTY * 20, NASTY, (NASTY,) * 50) for _ in range(20))
    side = Side(NASTY * 40, "f" * 40, None)
    return Preview(side, side, NASTY * 100, tuple(map(part, range(parts))), (), notes)


@pytest.mark.parametrize("parts", [0, 1, 300])
@pytest.mark.parametrize("limit", [0, SMALLEST, 20_000, COMMENT, 1_000_000])
def test_no_page_is_longer_than_its_limit(parts: int, limit: int) -> None:
    text = render_markdown(page(parts), limit)
    assert len(text.encode()) <= max(limit, SMALLEST)
    assert text.count("<!--") == 1
    assert text.count("\n<details>") == len(re.findall("^</details>$", text, re.MULTILINE))


def test_what_is_left_out_is_said_and_the_worst_is_kept() -> None:
    text = render_markdown(page(300), COMMENT)
    assert text.index("destroys") < text.index("risk")
    assert "destroys" in text
    assert re.search(r"^- 300 files: ", text, re.MULTILINE)
    assert text.endswith("has all of it.\n")


def test_a_page_with_room_leaves_nothing_out() -> None:
    text = render_markdown(page(1), COMMENT)
    assert "Left out" not in text
    assert text.count("```````````````````````````````diff") == 1


def test_every_kind_of_effect_is_documented(repository: Path) -> None:
    documented = set(re.findall(r"`([a-z-]+)`", (repository / "docs/preview.md").read_text()))
    folder = Path(effects.__file__).parent
    used = {kind for path in folder.glob("*.py") for kind in kinds(ast.parse(path.read_text()))}
    assert len(used) > 40
    assert used <= documented


def kinds(tree: ast.AST) -> set[str]:
    """The constants that stand behind a severity among the arguments of a call."""
    found = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            for one, other in zip(call.args, call.args[1:], strict=False):
                if isinstance(other, ast.Constant) and isinstance(other.value, str) and "everity" in ast.unparse(one):
                    found.add(other.value)
    return found
