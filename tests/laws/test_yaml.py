"""What is emitted reads back as the same value, whichever YAML the reader speaks."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, strategies as st
from ruamel.yaml import YAML

from fairlead.output.yaml import dump
from fairlead.resources.text import Commented, Plain
from fairlead.source.nodes import plain
from fairlead.source.reader import read


def _ruamel(*, pure: bool) -> Callable[[str], Any]:
    return lambda text: YAML(typ="safe", pure=pure).load(io.StringIO(text))


REFUSED_BY_OURS = {"FL1005", "FL1019", "FL1020"}
"""What the language has no use for: the NUL character, infinity, and integers of more than 64 bits."""


def _ours(text: str) -> Any:
    document = read("a.yaml", text.encode())
    codes = {found.code.id for found in document.diagnostics}
    assume(not codes & REFUSED_BY_OURS)
    assert not codes
    assert document.root is not None
    return plain(document.root)


READERS: dict[str, Callable[[str], Any]] = {
    "PyYAML, YAML 1.1": lambda text: yaml.load(text, Loader=yaml.SafeLoader),
    "libyaml, YAML 1.1": lambda text: yaml.load(text, Loader=yaml.CSafeLoader),
    "ruamel.yaml, YAML 1.2": _ruamel(pure=True),
    "ruamel.yaml with libyaml": _ruamel(pure=False),
    "Fairlead's own": _ours,
}

SURPRISES = [
    "",
    " ",
    "~",
    "null",
    "Null",
    "NULL",
    "true",
    "TRUE",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "N",
    "=",
    "<<",
    "-",
    "?",
    ":",
    ".",
    "0",
    "07",
    "0o17",
    "0x1F",
    "0b101",
    "1_000",
    "+1",
    "-1",
    "1.",
    ".5",
    "1e3",
    "1E-3",
    "12:30:45",
    "1:2.5",
    "-_1",
    "0_x1F",
    ".inf",
    "-.INF",
    ".nan",
    "inf",
    "NaN",
    "1.0e+16",
    "2001-01-01",
    "2001-1-1 10:00:00",
    "2001-12-14t21:59:43.10-05:00",
    "- a",
    "-a",
    "--flag",
    "---",
    "--- a",
    "...",
    "... a",
    "? a",
    "?a",
    ":a",
    "a:",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "#a",
    "{a",
    "[a",
    "}a",
    "]a",
    ",a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "'a",
    '"a',
    "a'",
    'a"',
    'it\'s "so"',
    "\\n",
    " a",
    "a ",
    "a\t",
    "\ta",
    "a\tb",
    "\n",
    "a\n",
    "a\n\n",
    "\na",
    "a\n b\n",
    " a\nb",
    "a \nb",
    "a\n\nb",
    "a\r\nb",
    "a\n\tb\n",
    "\ufeff",
    "\u2028a",
    "a\u2029b",
    "a\x85b",
    "a\xa0b",
    "\x01",
    "\x07",
    "\x1b[0m",
    "\x7f",
    "\u200b",
    "\U0001f600",
    "é",
    "名前",
    "${{ github.sha }}",
    "{{inputs.x}}",
    "10m",
    "2Gi",
    "1.2.3",
    "10.0.0.1",
    "v1",
    "1e5a",
    "12e3",
    "sha256:00",
    "0 4 * * 1",
]

texts = st.one_of(
    st.sampled_from(SURPRISES),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("ab01_.:-+eExX#'\"\\ \n\t{}[],&*!|>%@`?=<~/ynoft", max_size=12),
    st.lists(st.sampled_from(["a", "  b", "c ", "\td", "# e", "- f", "", "---", "x: y"]), max_size=5).map("\n".join),
)
scalars = st.one_of(
    texts, st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.integers(-(10**6), 10**6)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20
)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@given(value=values)
@example(value=SURPRISES)
@example(value={text: text for text in SURPRISES})
@example(value=[[text] for text in SURPRISES])
@example(value={"a": [{"b": text, "c": [[text]]} for text in SURPRISES]})
@example(value={"k" * 2000: {"k\n" * 800: ["x"]}})
def test_a_value_reads_back_as_it_was(reader: Callable[[str], Any], value: Any) -> None:
    assert same(reader(dump(value, header=["Generated", "", "twice: over"])), value)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@given(value=values, remark=texts.filter(bool), above=st.lists(texts, max_size=2))
def test_comments_change_no_value(reader: Callable[[str], Any], value: Any, remark: str, above: list[str]) -> None:
    commented = comment_everything(value, remark, above)
    assert same(reader(dump(commented)), value)


@given(value=values)
def test_the_same_value_gives_the_same_bytes(value: Any) -> None:
    assert dump(value) == dump(value)


@given(value=values)
def test_a_document_is_lines_of_visible_characters_and_ends_with_one_newline(value: Any) -> None:
    text = dump(value)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff]", text)
    assert not re.search("[ \t]\n", text)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
@given(number=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_decimal_keeps_its_digits(reader: Callable[[str], Any], number: Decimal) -> None:
    text = dump({"price": number})
    assert Decimal(text.removeprefix("price: ").strip()) == number
    assert reader(text)["price"] == float(number)


@given(before=texts, after=texts)
def test_half_of_a_surrogate_pair_is_refused(before: str, after: str) -> None:
    with pytest.raises(ValueError, match="surrogate"):
        dump({"a": before + "\ud83d" + after})


def test_a_plain_key_is_written_without_quotes() -> None:
    assert dump({Plain("on"): {"push": None}}) == "on:\n  push: null\n"
    assert dump({"on": {"push": None}}) == '"on":\n  push: null\n'


def comment_everything(value: Any, remark: str, above: list[str]) -> Any:
    """`value` with lines above every key and item, and a remark behind every scalar."""
    if isinstance(value, dict):
        return {key: comment_one(item, remark, above) for key, item in value.items()}
    if isinstance(value, list):
        return [comment_one(item, remark, above) for item in value]
    return value


def comment_one(item: Any, remark: str, above: list[str]) -> Commented:
    filled = bool(item) and isinstance(item, dict | list)
    return Commented(comment_everything(item, remark, above), "" if filled else remark, above)


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all the way down: 1, 1.0 and True are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return bool(one == other)
