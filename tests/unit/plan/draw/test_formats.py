"""Each format is valid, and nothing that a specification says can become syntax in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from fairlead.plan.draw.dot import quoted, render_dot
from fairlead.plan.draw.json import render_json
from fairlead.plan.draw.mermaid import escaped as mermaid_escaped, render_mermaid
from fairlead.plan.draw.palette import TONES
from fairlead.plan.draw.plain import plain
from fairlead.plan.draw.svg import render_svg
from fairlead.plan.draw.svg.paint import escaped as svg_escaped
from fairlead.plan.draw.text import render_text
from fairlead.plan.plan import Plan
from tests.unit.plan.draw.example import plan_of

SVG = "{http://www.w3.org/2000/svg}"
RENDERERS = {
    "dot": render_dot,
    "json": render_json,
    "mermaid": render_mermaid,
    "svg": render_svg,
    "text": render_text,
}
NASTY = st.text() | st.sampled_from(
    [
        "\n",
        '"]; evil',
        "</text><script>alert(1)</script>",
        "`**bold**`",
        "a\nend\nsubgraph x",
        "%%{init: {}}%%",
        "#quot;",
        "&quot;&#60;",
        "\\N \\",
        "]]>",
        "[red]x[/red]",
        "\x1b[31m",
        "1. list",
        "- list",
        "style x:y #35;",
        "\u202e",
        "\ud800",
        "|x|",
        ":::class",
    ]
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_of(tmp_path_factory.mktemp("parcels"))


def saying(plan: Plan, text: str) -> Plan:
    """The plan with a text in every title, in what waits and in the loop."""
    nodes = {
        name: replace(node, title=text, waits=replace(node.waits, detail=text) if node.waits else None)
        for name, node in plan.nodes.items()
    }
    metadata = plan.unit.pipeline.metadata.model_copy(update={"description": text})
    pipeline = plan.unit.pipeline.model_copy(update={"metadata": metadata})
    assert plan.loop
    return replace(plan, nodes=nodes, unit=replace(plan.unit, pipeline=pipeline), loop=plan.loop._replace(why=text))


MERMAID_LABEL = r'"(?:[0-9A-Za-z ,./%=()_\u00a1-\U0010ffff-]|[#]\d+;|<br/>)*"'
MERMAID = re.compile(
    rf"""flowchart\ TB
      | \ \ accTitle:\ [0-9A-Za-z\ _-]+
      | \ \ subgraph\ [a-z]+\["[a-z]+"\]
      | \ \ \ \ n\d+(?:\[\(|\[/|\[\[|\{{\{{|\(\[|\(\(|>|\[){MERMAID_LABEL}(?:\)\]|/\]|\]\]|\}}\}}|\]\)|\)\)|\])
      | \ \ end
      | \ \ n\d+\ (?:-->|==>|-\.->)\|{MERMAID_LABEL}\|\ n\d+
      | \ \ classDef\ [a-z]+\ [a-z0-9:\#,\ -]+
      | \ \ class\ n\d+(?:,n\d+)*\ [a-z]+
    """,
    re.VERBOSE,
)


@given(text=NASTY)
def test_mermaid_stays_a_flowchart(plan: Plan, text: str) -> None:
    lines = render_mermaid(saying(plan, text)).splitlines()
    assert [line for line in lines if not MERMAID.fullmatch(line)] == []
    assert len(lines) == len(render_mermaid(plan).splitlines())


def test_mermaid_says_what_was_written() -> None:
    entities = mermaid_escaped('a "b" #1 <c> & `d` * x:y')
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), entities) == 'a "b" #1 <c> & `d` * x:y'
    assert mermaid_escaped("mean_radius 99.5%") == "mean_radius 99.5%"
    assert mermaid_escaped("_emphasis_") == "#95;emphasis#95;"


def dot_tokens(text: str) -> list[str]:
    token = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|->|[A-Za-z_]\w*|[0-9.]+|[{}\[\]=;,]', re.DOTALL)
    found, position = [], 0
    while position < len(text):
        match = token.match(text, position)
        assert match, text[position : position + 40]
        found.append(match.group())
        position = match.end()
    return [one for one in found if one.strip()]


@given(text=NASTY)
def test_dot_keeps_its_structure(plan: Plan, text: str) -> None:
    nasty, tame = dot_tokens(render_dot(saying(plan, text))), dot_tokens(render_dot(plan))
    assert [one for one in nasty if not one.startswith('"')] == [one for one in tame if not one.startswith('"')]


def test_dot_escapes_what_graphviz_would_read() -> None:
    assert quoted('a "b" \\N &amp;') == '"a \\"b\\" \\\\N &amp;amp;"'
    assert quoted("one", "two") == '"one\\ntwo"'


def elements(svg: str) -> list[Any]:
    return list(ET.fromstring(svg).iter())  # noqa: S314 - our own output


@given(text=NASTY)
def test_svg_is_xml_with_no_elements_but_ours(plan: Plan, text: str) -> None:
    found = elements(render_svg(saying(plan, text)))
    names = {element.tag.removeprefix(SVG) for element in found}
    assert names <= {"svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan", "circle"}
    assert not any(name.startswith("on") or "href" in name for element in found for name in element.attrib)


def test_svg_shows_what_was_written(plan: Plan) -> None:
    found = elements(render_svg(saying(plan, "a <b> & \"c\" 'd'")))
    shown = {"".join(element.itertext()) for element in found if element.tag == f"{SVG}text"}
    assert "a <b> & \"c\" 'd'" in shown


def test_svg_tells_who_cannot_see_it_what_it_shows(plan: Plan) -> None:
    found = elements(render_svg(plan))
    assert found[0].attrib["role"] == "img"
    named = {element.attrib["id"]: element.text for element in found if "id" in element.attrib}
    assert found[0].attrib["aria-labelledby"].split() == list(named)
    assert named["title"] == "The life of parcels in staging"
    assert "from retraining to snapshot of scans: a new training" in (named["description"] or "")


def test_svg_needs_nothing_from_elsewhere(plan: Plan) -> None:
    svg = render_svg(plan).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|url\(|@import|@font-face|<script|<image|<use|<foreignObject", svg)


def test_svg_draws_nothing_outside_of_the_page(plan: Plan) -> None:
    found = elements(render_svg(plan))
    across, down = (float(found[0].attrib[name]) for name in ("width", "height"))
    assert found[0].attrib["viewBox"] == f"0 0 {found[0].attrib['width']} {found[0].attrib['height']}"
    for element in found:
        if element.tag == f"{SVG}rect" and "x" in element.attrib:
            x, y, w, h = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + w <= across
            assert 0 <= y <= y + h <= down


def test_svg_is_readable_on_light_and_on_dark_ground() -> None:
    for tone in {*TONES.values()}:
        assert contrast(tone.fill, tone.text) >= 7
        assert contrast(tone.dark_fill, tone.dark_text) >= 7
        assert contrast(tone.fill, tone.line) >= 4.5
        assert contrast(tone.dark_fill, tone.dark_line) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@given(text=NASTY)
def test_json_gives_back_what_was_written(plan: Plan, text: str) -> None:
    rendered = render_json(saying(plan, text))
    assert rendered.isascii()
    assert {node["title"] for node in json.loads(rendered)["nodes"]} == {text, "lock, in Git"}


def test_json_has_the_fields_that_its_reference_names(plan: Plan, repository: Path) -> None:
    document = json.loads(render_json(plan))
    page = (repository / "docs" / "reference" / "graph-json.md").read_text(encoding="utf-8")
    names = {*document, *document["nodes"][0], *document["nodes"][0]["gives"][0], *document["edges"][0]}
    assert {name for name in names if f"`{name}`" not in page} == set()
    kinds = {node["kind"] for node in document["nodes"]}
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


@given(text=NASTY)
def test_text_has_no_escapes_and_one_line_for_each_thing(plan: Plan, text: str) -> None:
    rendered = render_text(saying(plan, text), width=10_000)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", rendered)
    assert rendered.count("\n") == render_text(plan, width=10_000).count("\n")


def test_text_without_colour_is_text_with_colour_less_the_escapes(plan: Plan) -> None:
    colored = render_text(plan, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored).split() == render_text(plan).split()


def test_unseen_characters_are_shown() -> None:
    assert plain(" a\n\tb\x00\u202ec\ud800 ") == "a b\ufffd\ufffdc\ufffd"
    assert plain("größe 診断 👍") == "größe 診断 👍"
    assert svg_escaped("\x1b") == "\ufffd"


@pytest.mark.parametrize("name", RENDERERS)
def test_an_empty_plan_is_drawn_too(name: str, plan: Plan) -> None:
    assert RENDERERS[name](replace(plan, nodes={}, loop=None))


def test_equal_plans_give_equal_bytes_with_any_hash_seed(tmp_path: Path, repository: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.unit.plan.draw import test_formats as t;"
        " plan = t.plan_of(Path(sys.argv[1]));"
        " sys.stdout.buffer.write(''.join(render(plan) for render in t.RENDERERS.values()).encode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            check=True,
            capture_output=True,
            cwd=repository,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(repository)},
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
