"""What canonical formatting changes, and what it leaves alone."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fairlead.source.format import Changed, canonical
from fairlead.source.format.formatter import _check
from fairlead.source.nodes import Path
from fairlead.source.reader import read

ORDER = {(): ("kind", "metadata", "data"), ("metadata",): ("name", "owner"), ("list", 0): ("why", "target")}


def order(path: Path) -> tuple[str, ...]:
    return ORDER.get(path, ())


def fmt(text: str) -> str:
    document = read("a.yaml", dedent(text).encode())
    assert document.diagnostics == []
    return canonical(document, order)


CASES = {
    "indentation becomes two": ("a:\n      b:\n          c: 1\n", "a:\n  b:\n    c: 1\n"),
    "a list is indented below its key": ("a:\n- x\n- z\n", "a:\n  - x\n  - z\n"),
    "an item's mapping begins beside its dash": ("a:\n  -\n     b: 1\n     c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
    "a list in a list": ("a:\n-   - x\n    - z\n", "a:\n  - - x\n    - z\n"),
    "blanks at the end of a line go": ("a: 1  \nb:   \n  c: 2\t\n", "a: 1\nb:\n  c: 2\n"),
    "blank lines are at most one": ("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
    "the last line ends": ("a: 1", "a: 1\n"),
    "line ends become line feeds": ("a: 1\r\nb: 2\r", "a: 1\nb: 2\n"),
    "brackets are spaced alike": ('a: { b: 1,c : [ x,z , ], "d":2 }\n', 'a: {b: 1, c: [x, z], "d": 2}\n'),
    "single quotes become double ones": ("a: 'x'\n'b': ['y']\n", 'a: "x"\n"b": ["y"]\n'),
    "quotes stay where escapes would be needed": ("a: 'x\"y'\nb: 'it''s'\nc: 'x\\y'\n", None),
    "no quotes are taken away": ('a: "x"\nb: "1"\n', None),
    "keys of a section are ordered": (
        "data: 1\nmetadata:\n  owner: me\n  name: it\nkind: K\n",
        "kind: K\nmetadata:\n  name: it\n  owner: me\ndata: 1\n",
    ),
    "other keys keep their order, after the known": ("zeta: 1\nkind: K\nalpha: 2\n", "kind: K\nzeta: 1\nalpha: 2\n"),
    "brackets keep the writer's order": ("metadata: {owner: me, name: it}\n", None),
    "a comment moves with its key": (
        "# head\n\n# about data\ndata: 1   # one\n          # and more\nkind: K  # two\n",
        "# head\n\nkind: K  # two\n# about data\ndata: 1   # one\n          # and more\n",
    ),
    "a comment above a key moves with it": (
        "metadata:\n  # whose\n  owner: me\n  # what\n  name: it\n  # the end\n",
        "metadata:\n  # what\n  name: it\n  # the end\n  # whose\n  owner: me\n",
    ),
    "a comment keeps its column where it can": (
        "a:\n    b: 1        # x\n    cc: 2       # y\n",
        "a:\n  b: 1          # x\n  cc: 2         # y\n",
    ),
    "a comment has two blanks before it": ("a: 1 # x\n", "a: 1  # x\n"),
    "a comment that goes on stays below": ("a: 1      # x\n          # y\nb: 2\n", None),
    "a comment that hangs stays where it hangs": ("a: 1\n        # about a\nb: 2\n", None),
    "aligned values stay aligned": ("a:   1\nbbb: 2\n", None),
    "values that align with nothing move up": ("a:    1\nbbb: 2\nc:\n  d:  3\n", "a: 1\nbbb: 2\nc:\n  d: 3\n"),
    "a block text keeps its lines": (
        "a:\n    b: |\n       x  \n         y\n\n    c: 1\n",
        "a:\n  b: |\n     x  \n       y\n\n  c: 1\n",
    ),
    "a block text that keeps its end": ("a: |+\n  x\n\n\nb: 1\n", None),
    "a block text at the end without a newline": ("a: |\n  x", None),
    "folded text keeps its lines": (
        "a:\n    b: one\n      two\n    c: 'x\n\n      y'\n",
        "a:\n  b: one\n    two\n  c: 'x\n\n    y'\n",
    ),
    "brackets over several lines keep theirs": (
        "a:\n    b: [1,\n      2,   # two\n      3]\n",
        "a:\n  b: [1,\n    2,   # two\n    3]\n",
    ),
    "anchors and aliases stay": (
        "a: &x\n    b: 1\nc: *x\nd: &y [1]\ne:\n  - &z\n    f: 1\n  - *z\n",
        "a: &x\n    b: 1\nc: *x\nd: &y [1]\ne:\n  - &z\n    f: 1\n  - *z\n",
    ),
    "markers of documents stay": ("--- # x\na: 1\n...\n", None),
    "a colon in brackets is text": (
        "a: {uri: s3://b/c, t: a:b, q: 'x: y'}\n",
        'a: {uri: s3://b/c, t: a:b, q: "x: y"}\n',
    ),
    "a hash in a text is no comment": ('a: "x # y"\nb: x#y  # z\nc: |\n  # text\n', None),
    "a value that is not written": ("a:\nb: {c: , d}\ne:\n  -\n  - x\n", None),
    "an explicit key": ("? a\n: 1\n", None),
    "a list of mappings with comments": (
        "list:\n- target: t  # t\n  # why\n  why: w\n",
        "list:\n  - target: t  # t\n    # why\n    why: w\n",
    ),
    "a list of mappings is ordered": ("list:\n- target: t\n  why: w\n", "list:\n  - why: w\n    target: t\n"),
    "tabs between parts become blanks": ("a:\t1\t# x\nb: 'p\tq'\n", None),
    "a comment above the first key is about it where a blank line says so": (
        "# head\n# still\n\n# about data\ndata: 1\nkind: K\n",
        "# head\n# still\n\nkind: K\n# about data\ndata: 1\n",
    ),
    "a comment at the very top is about the file": ("# head\ndata: 1\nkind: K\n", "# head\nkind: K\ndata: 1\n"),
    "a document that is one value": ("[1,  2]  \n", "[1,  2]\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_formatting(name: str) -> None:
    before, after = CASES[name]
    result = fmt(before)
    assert result == (before if after is None else after)
    assert fmt(result) == result


def test_a_formatter_that_changed_a_value_would_be_caught() -> None:
    document = read("a.yaml", b"a: 1  # x\n")
    with pytest.raises(Changed, match="meaning"):
        _check(document, document.text, "a: 1.0  # x\n")
    with pytest.raises(Changed, match="comment"):
        _check(document, document.text, "a: 1\n")
    with pytest.raises(Changed, match="can't be read"):
        _check(document, document.text, "a: [\n")
    _check(document, document.text, "a:  1 # x\n")
