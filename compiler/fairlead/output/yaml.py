"""A YAML emitter that writes the same bytes for the same value, fast, and the same value for every reader.

The style is kubectl's: block collections in the order that they were given, two spaces, lists at the indentation of
their key. Long texts are never folded. Nothing is sorted, and there are no anchors: a value that is used twice is
written twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from fairlead.output.scalars import SCALARS, comment, fits_block, one_line
from fairlead.resources.text import Commented, Plain

_CACHED_LENGTH: Final = 256
_CACHED_TEXTS: Final = 50_000
_LONGEST_SIMPLE_KEY: Final = 1000
"""Readers may give up on a key of more than 1,024 characters that isn't announced by a question mark."""

_LINE_START: Final = re.compile(r"\n(?=[^\n])")


def dump(value: Any, header: Sequence[str] = ()) -> str:
    """`value` as a YAML document that ends with a newline, under `header` as comment lines.

    Mappings, sequences, text, integers, floats, `Decimal`, booleans and None are written; keys must be text. Raises
    TypeError for anything else, and ValueError for text that UTF-8 can't hold.
    """
    lines = [f"# {comment(line)}" if line else "#" for text in header for line in text.split("\n")]
    if type(value) is dict and value:
        _mapping(value, "", "", lines)
    else:
        _document(value, lines)
    lines.append("")
    return "\n".join(lines)


class _Texts(dict[str, str]):
    """Each text as it is written on one line; nothing where a literal block holds it better."""

    def __missing__(self, text: str) -> str:
        written = "" if fits_block(text) else one_line(text)
        if len(text) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_TEXTS:
                self.clear()
            self[text] = written
        return written


class _Keys(dict[str, str]):
    """Each key with its colon; nothing where it is too long for one."""

    def __missing__(self, key: str) -> str:
        written = one_line(key)
        written = "" if len(written) > _LONGEST_SIMPLE_KEY else f"{written}:"
        if len(key) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_TEXTS:
                self.clear()
            self[key] = written
        return written


_TEXTS: Final = _Texts()
_KEYS: Final = _Keys()


def _mapping(value: Mapping[str, Any], lead: str, pad: str, lines: list[str]) -> None:
    """Appends a mapping whose first key stands behind `lead`, and the others at `pad`."""
    append = lines.append
    for key, item in value.items():
        name = (_KEYS[key] if type(key) is str else _key(key)) or f"? {one_line(key)}\n{pad}:"
        kind = type(item)
        if kind is str:
            text = _TEXTS[item]
            append(f"{lead}{name} {text}" if text else f"{lead}{name} {_block(item, pad)}")
        elif kind is dict and item:
            append(lead + name)
            inner = pad + "  "
            _mapping(item, inner, inner, lines)
        elif kind is list and item:
            append(lead + name)
            _sequence(item, pad, pad, lines)
        else:
            _other(item, lead + name, pad, lines, in_sequence=False)
        lead = pad


def _sequence(value: Sequence[Any], lead: str, pad: str, lines: list[str]) -> None:
    """Appends a list whose first dash stands behind `lead`, and the others at `pad`."""
    append = lines.append
    for item in value:
        kind = type(item)
        if kind is str:
            text = _TEXTS[item]
            append(f"{lead}- {text}" if text else f"{lead}- {_block(item, pad)}")
        elif kind is dict and item:
            _mapping(item, lead + "- ", pad + "  ", lines)
        elif kind is list and item:
            _sequence(item, lead + "- ", pad + "  ", lines)
        else:
            _other(item, lead + "-", pad, lines, in_sequence=True)
        lead = pad


def _other(value: Any, head: str, pad: str, lines: list[str], *, in_sequence: bool) -> None:
    """Appends what is neither text nor a filled `dict` or `list`, behind the key or dash that ends `head`."""
    remark = ""
    if isinstance(value, Commented):
        margin = head[: len(head) - len(head.lstrip(" "))]
        lines.extend(
            f"{margin}# {comment(line)}" if line else f"{margin}#" for text in value.above for line in text.split("\n")
        )
        value, remark = value.value, value.comment
    value = _known(value)
    if value and isinstance(value, dict | list):
        if remark:
            raise TypeError(
                f"a comment at the end of a line belongs to a scalar, not to a {type(value).__name__}: {remark!r}"
            )
        if not in_sequence:
            lines.append(head)
            head, pad = (pad + "  ", pad + "  ") if isinstance(value, dict) else (pad, pad)
        else:
            head, pad = head + " ", pad + "  "
        if isinstance(value, dict):
            _mapping(value, head, pad, lines)
        else:
            _sequence(value, head, pad, lines)
        return
    text = _scalar(value)
    if text:
        lines.append(f"{head} {text} # {comment(remark)}" if remark else f"{head} {text}")
    else:
        lines.append(f"{head} {_block(value, pad, remark)}")


def _document(value: Any, lines: list[str]) -> None:
    """Appends a document that isn't a plain filled `dict`."""
    value = _known(value)
    if value and isinstance(value, dict):
        _mapping(value, "", "", lines)
    elif value and isinstance(value, list):
        _sequence(value, "", "", lines)
    else:
        lines.append(_scalar(value) or _block(value, ""))


def _known(value: Any) -> Any:
    """`value` as one of the types that are written: subclasses and relatives give way to `dict`, `list`, `str`, …"""
    if type(value) in SCALARS or type(value) in (str, dict, list, Plain):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return list(value)
    for kind in (int, float, Decimal):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"YAML has no way to write a {type(value).__module__}.{type(value).__qualname__}: {value!r}")


def _scalar(value: Any) -> str:
    """A scalar or an empty collection on one line; nothing for a text that a block holds better."""
    if type(value) is str:
        return _TEXTS[value]
    if type(value) is Plain:
        return str.__str__(value)
    if type(value) is dict:
        return "{}"
    if type(value) is list:
        return "[]"
    return SCALARS[type(value)](value)


def _block(text: str, pad: str, remark: str = "") -> str:
    """`text` as a literal block, indented below `pad`."""
    head = "|" if text.endswith("\n") else "|-"
    if remark:
        head = f"{head} # {comment(remark)}"
    inner = f"\n{pad}  "
    return head + inner + _LINE_START.sub(lambda _: inner, text.removesuffix("\n"))


def _key(key: Any) -> str:
    """A key that isn't exactly a `str`."""
    if type(key) is Plain:
        return f"{str.__str__(key)}:"
    if isinstance(key, str):
        return _KEYS[str.__str__(key)]
    raise TypeError(f"a key must be text, and {key!r} is a {type(key).__name__}")
