"""How YAML is laid out. That it reads back is held by tests/laws/test_yaml.py."""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest

from fairlead.output.yaml import dump
from fairlead.resources.text import Commented, Plain


class Mode(StrEnum):
    STANDARD = "standard"


class Level(IntEnum):
    HIGH = 3


def test_a_manifest_is_laid_out_as_kubectl_does() -> None:
    manifest = {
        "kind": "Pod",
        "metadata": {"labels": {}, "name": "a"},
        "spec": {
            "containers": [
                {"name": "main", "args": ["--flag", "-v"], "ports": [{"containerPort": 80}]},
                {"name": "side", "args": []},
            ],
            "matrix": [["a", "b"], [["c"]], []],
        },
    }
    assert dump(manifest) == (
        "kind: Pod\n"
        "metadata:\n"
        "  labels: {}\n"
        "  name: a\n"
        "spec:\n"
        "  containers:\n"
        "  - name: main\n"
        "    args:\n"
        "    - --flag\n"
        "    - -v\n"
        "    ports:\n"
        "    - containerPort: 80\n"
        "  - name: side\n"
        "    args: []\n"
        "  matrix:\n"
        "  - - a\n"
        "    - b\n"
        "  - - - c\n"
        "  - []\n"
    )


def test_keys_stay_in_the_order_that_they_were_given() -> None:
    assert dump({"b": 1, "a": 2}) == "b: 1\na: 2\n"


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "tumor-classifier",
        "10m",
        "2Gi",
        "v1",
        "1.2.3",
        "10.0.0.1",
        "python -m x",
        "a:b",
        "a#b",
        "http://x:80/y",
        "ghcr.io/acme/x@sha256:0a",
        "0 4 * * 1",
        "${{ github.sha }}",
        "$(x)",
        "(a)",
        "é",
        "x y",
        "app.kubernetes.io/name",
        "-v",
        "--flag=a b",
        "/healthz",
        "~/x",
        "_a",
        "1a",
        "é: b".replace(": ", ":"),
        "notes",
        "yesterday",
        "a'b",
        'a"b',
    ],
)
def test_what_every_reader_takes_for_text_has_no_quotes(text: str) -> None:
    assert dump({"k": text}) == f"k: {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "~",
        "null",
        "True",
        "yes",
        "NO",
        "on",
        "Off",
        "y",
        "N",
        "=",
        "<<",
        "-",
        "--- a",
        "...",
        "# a",
        "a: b",
        "a:",
        "012",
        "0o14",
        "0x1F",
        "0b1",
        "1_000",
        "+1",
        "-1.5",
        ".5",
        "5.",
        "1e3",
        "1e+3",
        "190:20:30",
        ".inf",
        "-.INF",
        ".NaN",
        "2001-12-14",
        "2001-12-14 21:59:43",
        "2001-1-1T00:00:00Z",
        "-_1",
        "0_x1F",
        "inf",
        "NaN",
        "Infinity",
        "1:2.5",
        "a #b",
        *("{{x}}", "[a]", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", ",a", "?a", ":a", "'a'", "a ", " a", "]", "}"),
    ],
)
def test_what_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert dump({"k": text}) == f'k: "{text}"\n'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{"a": "b"}', """'{"a": "b"}'"""),
        ("^\\d+: $", "'^\\d+: $'"),
        ('it\'s: "so"', '"it\'s: \\"so\\""'),
        ("a\tb", '"a\\tb"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ("\ufeffa", '"\\ufeffa"'),
        ("a\u2028b", '"a\\u2028b"'),
        ("a\x85\xa0\x00\x1b", '"a\\x85\\xa0\\0\\e"'),
        ("\u202eevil", '"\\u202eevil"'),
        ("\U000e0041", '"\\U000e0041"'),
    ],
)
def test_single_quotes_save_escapes_and_double_ones_show_what_is_invisible(text: str, written: str) -> None:
    assert dump({"k": text}) == f"k: {written}\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\nb", "|-\n  a\n  b\n"),
        ("if x:\n    y\n\nz\n", "|\n  if x:\n      y\n\n  z\n"),
        ("a\n\tb\n", "|\n  a\n  \tb\n"),
        ("# a\n- b\n---\n", "|\n  # a\n  - b\n  ---\n"),
    ],
)
def test_lines_become_a_literal_block(text: str, written: str) -> None:
    assert dump({"k": text}) == f"k: {written}"
    assert dump({"o": [{"k": text}]}) == f"o:\n- k: {written}".replace("\n  ", "\n    ")
    assert dump([text]) == f"- {written}"
    assert dump(text) == written


@pytest.mark.parametrize(
    "text", ["a \nb", " a\nb", "a\nb\n\n", "\na", "a\n ", "\n", "a\x07\nb", "a\t\nb", "a\u2028b\n"]
)
def test_lines_that_a_block_might_change_are_quoted(text: str) -> None:
    assert dump({"k": text}).startswith('k: "')
    assert dump({"k": text}).count("\n") == 1


def test_long_text_is_never_folded() -> None:
    assert dump({"k": "word " * 500 + "end"}).count("\n") == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-7, "-7"),
        (0.5, "0.5"),
        (2.0, "2.0"),
        (1e16, "1.0e+16"),
        (1.5e-7, "1.5e-07"),
        (float("inf"), ".inf"),
        (float("-inf"), "-.inf"),
        (float("nan"), ".nan"),
        (Decimal("0.10"), "0.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-Infinity"), "-.inf"),
        (Mode.STANDARD, "standard"),
        (Level.HIGH, "3"),
        (Plain("on"), "on"),
        ((), "[]"),
        (MappingProxyType({}), "{}"),
    ],
)
def test_scalars(value: Any, written: str) -> None:
    assert dump({"k": value}) == f"k: {written}\n"
    assert dump([value]) == f"- {written}\n"
    assert dump(value) == f"{written}\n"


def test_other_mappings_and_sequences_are_written_as_dicts_and_lists() -> None:
    value = MappingProxyType({"a": (1, OrderedDict(b="c")), "d": MappingProxyType({"e": "f"}), Mode.STANDARD: "g"})
    assert dump(value) == "a:\n- 1\n- b: c\nd:\n  e: f\nstandard: g\n"
    assert dump((1, 2)) == "- 1\n- 2\n"


def test_keys_are_quoted_as_values_are() -> None:
    assert dump({"on": 1, "y": 2, "1": 3, "a: b": 4, "a\nb": 5}) == '"on": 1\n"y": 2\n"1": 3\n"a: b": 4\n"a\\nb": 5\n'


def test_a_key_may_be_asked_for_without_quotes() -> None:
    assert dump({Plain("on"): {"push": {}}}) == "on:\n  push: {}\n"


def test_a_key_that_is_too_long_for_a_line_is_announced() -> None:
    assert dump({"a": {"k" * 1100: {"b": "c"}}}) == f"a:\n  ? {'k' * 1100}\n  :\n    b: c\n"


def test_comments_stand_behind_scalars_and_above_anything() -> None:
    value = {
        "permissions": Commented({"contents": "read"}, above=["Checking out reads,", "and nothing writes."]),
        "steps": [
            {"uses": Commented("actions/checkout@" + "0" * 40, "v7.0.1")},
            Commented({"run": "make"}, above=["Builds."]),
            Commented("a\nb\n", "a block"),
            Commented([1], above=["A list", "", "of one"]),
        ],
    }
    assert dump(value) == (
        "# Checking out reads,\n"
        "# and nothing writes.\n"
        "permissions:\n"
        "  contents: read\n"
        "steps:\n"
        f"- uses: actions/checkout@{'0' * 40} # v7.0.1\n"
        "# Builds.\n"
        "- run: make\n"
        "- | # a block\n"
        "  a\n"
        "  b\n"
        "# A list\n"
        "#\n"
        "# of one\n"
        "- - 1\n"
    )


def test_a_comment_cannot_become_content() -> None:
    assert dump({"a": Commented(1, "x\nevil: true")}) == "a: 1 # x\\nevil: true\n"
    assert dump({"a": Commented(1, above=["x\nevil: true"])}) == "# x\n# evil: true\na: 1\n"
    assert dump({"a": 1}, header=["x\u2028evil: true"]) == "# x\\u2028evil: true\na: 1\n"


def test_a_header_stands_at_the_top() -> None:
    assert dump({"a": 1}, header=["Generated.", "", "Do not\nedit."]) == "# Generated.\n#\n# Do not\n# edit.\na: 1\n"


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {"a": object()}, {"a": b"x"}, {"a": {1, 2}}, {("a",): 1}])
def test_what_yaml_has_no_way_to_write_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError):
        dump(value)


def test_a_comment_at_the_end_of_a_line_needs_a_scalar() -> None:
    with pytest.raises(TypeError, match="belongs to a scalar"):
        dump({"a": Commented({"b": 1}, "no")})
