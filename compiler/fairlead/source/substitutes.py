"""What libyaml has to be shown so that it reads YAML 1.2.

ruamel.yaml brings libyaml 0.1.7, which follows YAML 1.1 in three things that matter here. In a flow collection it takes
any `:` and `?` for an indicator, so that `{uri: s3://bucket}` is a syntax error; YAML 1.2 does so only before a space
(section 7.3.3). It ends lines at U+0085, U+2028 and U+2029 (section 5.4). And it stops at a character that
is not printable, where we want to report the rest too.

Each such character is replaced by one that is ordinary to libyaml and does not occur in the text, and put back in the
values that come out. One character stands for one, so that every position stays what it was.
"""

from __future__ import annotations

import re
from typing import Final

_PRIVATE_USE: Final = range(0xE000, 0xF900)
# Inside a word, `:` and `?` are text. Tags may hold both and are taken whole, because they stay as they are. Each
# alternative starts with its character, which is what makes the search fast.
_IN_WORDS: Final = re.compile(
    r"""  : (?<= [^\s"'\]},\[{] : ) (?= [^\s,\[\]{}] )
      | \? (?: (?<= [^\s"'\]},\[{] \? ) | (?= [^\s,\[\]{}] ) )
      | ! (?<! [^\s,\[{] ! ) \S*
    """,
    re.VERBOSE,
)
_NOT_PRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_SEPARATORS: Final = "\x85\u2028\u2029"
_REPLACEMENT: Final = "\ufffd"


class Substitutes:
    """A text as libyaml is to see it, and the way back."""

    __slots__ = ("_back", "text")

    def __init__(self, text: str, *, printable: bool) -> None:
        """`printable` says that `text` has no control character and no line separator beyond the usual."""
        free = (chr(point) for point in _PRIVATE_USE if chr(point) not in text)
        self._back: dict[int, str] = {}
        if not printable:
            text = _NOT_PRINTABLE.sub(_REPLACEMENT, text)
            for separator in _LINE_SEPARATORS:
                text = self._replaced(text, separator, next(free, None))
        if "{" in text or "[" in text:
            text = self._words_replaced(text, next(free, ":"), next(free, "?"))
        self.text = text

    def _replaced(self, text: str, character: str, by: str | None) -> str:
        if character not in text:
            return text
        if by is not None:
            self._back[ord(by)] = character
        return text.replace(character, by or _REPLACEMENT)

    def _words_replaced(self, text: str, colon: str, question: str) -> str:
        by = {":": colon, "?": question}
        text, count = _IN_WORDS.subn(lambda found: by.get(found.group(), found.group()), text)
        if count:
            self._back |= {ord(colon): ":", ord(question): "?"}
        return text

    def restore(self, value: str) -> str:
        """`value`, which libyaml gave, as the file has it."""
        return value.translate(self._back) if self._back and not value.isascii() else value
