"""The canonical text of a document, held to its law: the same value, the same comments."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Final

from fairlead.source.format.arrange import Arranger, Order
from fairlead.source.format.comments import Comments
from fairlead.source.format.line import rendered
from fairlead.source.format.outline import Node, Unsupported, outline
from fairlead.source.nodes import plain
from fairlead.source.reader import Document, read

_LINE_END: Final = re.compile(r"\r\n?")


class Changed(Exception):
    """Raised where formatting would have changed what a file says: a fault of the formatter's. Nothing is written."""


def canonical(document: Document, order: Order) -> str:
    """The canonical text of a document that was read without errors. Formatting it again gives the same text.

    `order` says which keys a section has and in which order. Raises Changed.
    """
    text = _LINE_END.sub("\n", document.text)
    if not text.endswith("\n"):
        if not _same(document, read(document.file, f"{text}\n".encode())):
            # A block text at the end of the file has as many newlines as it has.
            return document.text
        text += "\n"
    try:
        text, root = _outlined(document, text)
    except Unsupported:
        return text
    result = rendered(Arranger(text, order).arranged(root))
    _check(document, text, result)
    return result


def _outlined(document: Document, text: str) -> tuple[str, Node]:
    """The structure of a text; tabs between its parts, which the parser does not know, become blanks."""
    from ruamel.yaml.error import YAMLError

    try:
        return text, outline(text)
    except YAMLError:
        spaced = text.replace("\t", " ")
        if spaced == text or not _same(document, read(document.file, spaced.encode())):
            raise Unsupported from None
    try:
        return spaced, outline(spaced)
    except YAMLError:
        raise Unsupported from None


def _same(one: Document, other: Document) -> bool:
    """Whether two documents hold the same values of the same types, whatever the order of keys."""
    if one.root is None or other.root is None:
        return False
    return json.dumps(plain(one.root), sort_keys=True) == json.dumps(plain(other.root), sort_keys=True)


def _check(document: Document, before: str, after: str) -> None:
    again = read(document.file, after.encode())
    if again.diagnostics:
        raise Changed(f"{document.file}: what formatting makes of it can't be read")
    if not _same(document, again):
        raise Changed(f"{document.file}: formatting would change its meaning")
    if _comments(before) != _comments(after):
        raise Changed(f"{document.file}: formatting would lose a comment")


def _comments(text: str) -> Counter[str]:
    lines = text.split("\n")
    found = Comments(text, lines, outline(text))
    return Counter(comment for comment, _ in map(found.behind, range(len(lines))) if comment)
