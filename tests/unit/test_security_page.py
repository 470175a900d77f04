"""SECURITY.md says which test holds each line of the threat model, and every one of them is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

NODE = re.compile(r"`(tests/\S+?\.py)::(\S+?)`")


def rows(page: str) -> list[list[str]]:
    """The rows of the tables whose last column is `Tests`, cell by cell."""
    found: list[list[str]] = []
    inside = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[-1] == "Tests":
            inside = True
        elif inside and not set(line) <= set("|- "):
            found.append(cells)
    return found


@cache
def defined_in(file: Path) -> frozenset[str]:
    """The tests that a file defines, as pytest names them behind the file."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = rows(PAGE)


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_a_line_of_the_threat_model_is_held_by_tests_that_exist(row: list[str]) -> None:
    attempt, what, tests = row
    named = NODE.findall(tests)
    assert attempt
    assert what
    assert named, "no test holds this line: write one, or move the line to what remains"
    assert NODE.sub("", tests).strip() == ""
    for path, name in named:
        assert (ROOT / path).is_file(), f"there is no {path}"
        assert name in defined_in(ROOT / path), f"{path} has no {name}"


def test_the_page_has_lines_and_every_test_that_it_names_is_in_one() -> None:
    assert len(ROWS) >= 40
    assert len(NODE.findall(PAGE)) == sum(len(NODE.findall(row[-1])) for row in ROWS)


def test_a_line_without_a_test_would_be_seen() -> None:
    (row,) = rows("| Attempt | What happens | Tests |\n| --- | --- | --- |\n| a | b | c |\n\n| x | y | z |\n")
    assert row == ["a", "b", "c"]
    assert "test_no_such" not in defined_in(Path(__file__))
