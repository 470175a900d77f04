"""Formatting changes neither what a file says nor what its comments say, and formatting twice changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies as st

from fairlead.source.format import canonical
from fairlead.source.nodes import Mapping, Node, Scalar, Sequence
from fairlead.source.reader import Document, read
from fairlead.workspace.format import formatted

KEYS = ["alpha", "beta", "gamma", "delta", "on", '"q k"', "'s'", "a.b/c", "größe"]
WORDS = [
    "x",
    "1",
    "1.5",
    "true",
    "null",
    "a b",
    "s3://a/b",
    "a:b",
    '"d # q"',
    "'s # q'",
    "'it''s'",
    "rows >= 5",
    "99%",
    '"\\t\\u00e9"',
    "x#y",
    "-1",
]
MANY = max(settings().max_examples // 2, 20)
MARK = re.compile(r"# c\d+")


class _Writer:
    """Writes documents in every style that YAML has for them. Each comment is another one."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.comments = 0

    def one_of(self, *choices: object) -> object:
        return self.draw(st.sampled_from(choices))

    def often(self) -> bool:
        return self.draw(st.booleans())

    def comment(self) -> str:
        self.comments += 1
        return f"# c{self.comments}"

    def behind(self) -> str:
        return f"{' ' * self.draw(st.integers(1, 9))}{self.comment()}" if self.draw(st.integers(0, 3)) == 0 else ""

    def own(self, indent: int) -> list[str]:
        count = self.draw(st.sampled_from([0, 0, 0, 1, 2]))
        return [
            "" if self.often() else " " * self.draw(st.integers(0, indent + 6)) + self.comment() for _ in range(count)
        ]

    def word(self) -> str:
        return self.draw(st.sampled_from(WORDS))

    def keys(self) -> list[str]:
        return self.draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))

    def flow(self, depth: int) -> str:
        kind = self.draw(st.integers(0, 4 if depth else 1))
        if kind < 2:
            return self.word()
        gap = self.draw(st.sampled_from(["", " "]))
        if kind < 4:
            return f"[{gap}{f',{gap}'.join(self.flow(depth - 1) for _ in range(self.draw(st.integers(0, 3))))}{gap}]"
        return "{" + f",{gap}".join(f"{key}: {self.flow(depth - 1)}" for key in self.keys()) + gap + "}"

    def value(self, opening: str, indent: int, depth: int, column: int) -> list[str]:
        """The lines of an entry; the first starts with `opening`, and what stands below is deeper than `column`."""
        kind = self.draw(st.integers(0, 8 if depth else 4))
        gap = " " * self.draw(st.integers(1, 4))
        inner = column + self.draw(st.integers(1, 4))
        pad = " " * inner
        if kind == 0:
            end = self.draw(st.sampled_from(["|", ">", "|-", "|+", ">-"]))
            blank = self.draw(st.sampled_from([[], [""], ["", ""], [f"{pad}  "]]))
            return [f"{opening} {end}", f"{pad}one  ", f"{pad}  two # text", "", f"{pad}three", *blank]
        if kind == 1:
            return [f"{opening} one", f"{pad}two", "", f"{pad}  three{self.behind()}"]
        if kind == 2:
            return [f'{opening} "one', "", f'{pad}two"{self.behind()}']
        if kind == 3:
            return [f"{opening} [one,{self.behind()}", *self.own(inner), f"{pad}two]{self.behind()}"]
        if kind in (4, 5):
            return [f"{opening}{gap}{self.flow(2)}{self.behind()}{' ' * self.draw(st.integers(0, 2))}"]
        return [f"{opening}{self.behind()}", *self.block(inner, depth - 1)]

    def block(self, indent: int, depth: int) -> list[str]:
        lines = self.own(indent)
        pad = " " * indent
        if self.often():
            for key in self.keys():
                lines += [*self.value(f"{pad}{key}:", indent, depth, indent), *self.own(indent)]
            return lines
        for _ in range(self.draw(st.integers(1, 3))):
            if depth and self.often():
                dash = f"{pad}-{' ' * self.draw(st.integers(1, 3))}"
                inside: list[str] = []
                for key in self.keys():
                    start = " " * len(dash) if inside else dash
                    inside += self.value(f"{start}{key}:", len(dash), depth - 1, len(dash))
                lines += [*inside, *self.own(indent)]
            else:
                lines += [*self.value(f"{pad}-", indent, depth, indent), *self.own(indent)]
        return lines


@st.composite
def texts(draw: st.DrawFn) -> str:
    writer = _Writer(draw)
    head = draw(st.sampled_from([[], ["# c0", ""], ["---"]]))
    return draw(st.sampled_from(["\n", "\n", "\r\n"])).join([*head, *writer.block(0, 3)]) + draw(
        st.sampled_from(["", "\n", "\n\n"])
    )


def shuffled(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """An order of keys that differs from section to section, so that much has to move."""
    names = ["größe", "delta", "s", "beta", "on", "alpha"]
    at = len(path) % len(names)
    return (*names[at:], *names[:at]) if len(path) % 3 != 2 else ()


def values(node: Node | None) -> object:
    """What a document says, with the types of its values; the order of keys aside."""
    if isinstance(node, Scalar):
        return type(node.value).__name__, node.value
    if isinstance(node, Sequence):
        return [values(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {entry.key: values(entry.value) for entry in node}


def marks(text: str) -> list[str]:
    return sorted(MARK.findall(text))


def readable(text: str) -> Document:
    document = read("a.yaml", text.encode())
    assume(not document.diagnostics)
    return document


@settings(max_examples=MANY)
@given(texts())
def test_formatting_keeps_every_value(text: str) -> None:
    document = readable(text)
    assert values(read("a.yaml", canonical(document, shuffled).encode()).root) == values(document.root)


@settings(max_examples=MANY)
@given(texts())
def test_formatting_keeps_every_comment(text: str) -> None:
    assert marks(canonical(readable(text), shuffled)) == marks(text)


@settings(max_examples=MANY)
@given(texts())
def test_formatting_twice_changes_nothing(text: str) -> None:
    once = canonical(readable(text), shuffled)
    assert canonical(read("a.yaml", once.encode()), shuffled) == once


@settings(max_examples=MANY)
@given(texts())
def test_a_formatted_file_has_no_trailing_blanks_and_one_end(text: str) -> None:
    assume("|" not in text and ">" not in text.replace(">=", "") and '"one' not in text)
    result = canonical(readable(text), shuffled)
    assert "\r" not in result
    assert result.endswith("\n")
    assert not result.endswith("\n\n")
    assert [line for line in result.split("\n") if line != line.rstrip()] == []
    assert "\n\n\n" not in result


@settings(max_examples=MANY)
@given(texts())
def test_keys_without_a_canonical_order_keep_theirs(text: str) -> None:
    document = readable(text)

    def keys(node: Node | None) -> object:
        if isinstance(node, Mapping):
            return [(entry.key, keys(entry.value)) for entry in node]
        return [keys(item) for item in node.items] if isinstance(node, Sequence) else None

    assert keys(read("a.yaml", canonical(document, lambda path: ()).encode()).root) == keys(document.root)


SPECS = sorted(path.name for path in (Path(__file__).parents[2] / "specs").glob("*.yaml") if ".lock." not in path.name)


@pytest.mark.parametrize("name", [*SPECS, "../fairlead.yaml"])
def test_this_repository_is_canonical(name: str, repository: Path) -> None:
    text = (repository / "specs" / name).read_bytes()
    document = read(name, text)
    assert document.diagnostics == []
    assert formatted(document).encode() == text
