"""Graphviz reads what `fairlead graph --format dot` writes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fairlead.plan.draw.dot import render_dot
from fairlead.plan.draw.drawing import drawing
from tests.unit.plan.draw.example import plan_of
from tests.unit.plan.draw.test_formats import saying


@pytest.mark.parametrize("text", ["plain", 'a "b" \\N <c> &amp; | {x}', "größe 診断\nnext"])
def test_graphviz_draws_every_node_and_way(tool: Callable[[str], Path], tmp_path: Path, text: str) -> None:
    plan = saying(plan_of(tmp_path), text)
    done = subprocess.run([tool("dot"), "-Tsvg"], input=render_dot(plan).encode(), capture_output=True, check=True)
    assert done.stderr == b""
    root = ET.fromstring(done.stdout)  # noqa: S314 - made from our own output
    classes = [element.attrib.get("class") for element in root.iter()]
    shown = drawing(plan)
    assert classes.count("node") == len(shown.vertices)
    assert classes.count("edge") == len({(link.giver, link.reader, link.flow, link.optional) for link in shown.links})
