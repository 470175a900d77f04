"""From bytes to characters: the encoding, and the characters that no specification may hold."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import Final

from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.places import Place

NOT_UTF8: Final = Code(
    "FL1003",
    "not UTF-8",
    """
    The file holds bytes that are not UTF-8 text. The place is that of the first such byte, counted in the characters
    before it.

    An editor that saved the file in an older encoding, such as Latin-1 or Windows-1252, is the usual cause. Guessing
    the encoding would put a wrong name into a label or an alert without anybody noticing.

    Wrong, as bytes:

    ```
    description: caf\\xe9
    ```

    Right, as bytes: the same text saved as UTF-8.

    ```
    description: caf\\xc3\\xa9
    ```

    `iconv -f windows-1252 -t utf-8` converts a file; most editors have "save with encoding".
    """,
)

WIDE_ENCODING: Final = Code(
    "FL1004",
    "UTF-16 or UTF-32 instead of UTF-8",
    """
    The file is encoded in UTF-16 or UTF-32: it starts with the byte order mark of one of them, or every other byte of
    its first characters is zero.

    YAML allows these encodings, but Git shows such a file as binary, and so nobody can review it. Windows PowerShell's
    `>` and `Out-File` write UTF-16 by default.

    Wrong: `fairlead init > specs/a.yaml` in Windows PowerShell 5.

    Right: save the file as UTF-8, in PowerShell with `Out-File -Encoding utf8`. A UTF-8 byte order mark is accepted.
    """,
)

CONTROL_CHARACTER: Final = Code(
    "FL1005",
    "control character",
    """
    The file holds a character that cannot be seen and that YAML does not allow as it stands, or one that makes text
    look other than it is: a control character such as NUL or ESC, a byte order mark in the middle of the file, or a
    bidirectional control, which lets a line show its words in another order than a compiler reads them. NUL is refused
    in its escaped form too, because neither an environment variable nor an argument can hold it.

    Such characters come with text that was copied from a terminal or a document, or from somebody who wants a
    reviewer to see something else than what is run.

    Wrong: a description in which a bidirectional override stands between two words.

    Right: remove the character. Where it is really meant, write its escape in double quotes, which everybody can see:

    ```yaml
    description: "left \\u202Eright"
    ```
    """,
)

LINE_SEPARATOR: Final = Code(
    "FL1006",
    "line separator that readers disagree on",
    """
    The file holds U+0085, U+2028 or U+2029. YAML 1.1 ends a line at each of them; YAML 1.2 and nearly every editor
    don't. The same file would have other keys for one reader than for another.

    They come with text that was copied from a web page or a word processor, and cannot be seen.

    Wrong: `description: one` and `owner: b` on one line, with U+2028 between them.

    Right: an ordinary line break, or the escape in double quotes where the character is really meant:

    ```yaml
    description: "one\\u2028two"
    ```
    """,
)

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_LINE_SEPARATORS: Final = "\x85\u2028\u2029"
_REFUSED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_REPORTED: Final = 20
"""How many such characters are reported one by one; a binary file has thousands."""


class Lines:
    """The text of a file, and where its lines are.

    A line ends at LF, CR LF or CR, as editors and YAML 1.2 have it. An offset counts characters of `text`, which has
    no byte order mark.
    """

    __slots__ = ("_starts", "file", "lines", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = _LINE_END.split(text) if "\r" in text else text.split("\n")
        self._starts: list[int] | None = None

    def span(self, start: int, end: int) -> Place:
        """The place of `text[start:end]`."""
        line, column = self._position(start)
        end_line, end_column = self._position(max(start, end))
        return Place(self.file, line, column, end_line, end_column)

    def _position(self, offset: int) -> tuple[int, int]:
        if self._starts is None:
            self._starts = [0, *(found.end() for found in _LINE_END.finditer(self.text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def decode(file: str, data: bytes) -> tuple[str | None, list[Diagnostic]]:
    """The text of `data` without a byte order mark, or None where it is not UTF-8; and what is wrong with it."""
    if data.startswith(_WIDE_MARKS) or _looks_wide(data):
        message = "the file is encoded in UTF-16 or UTF-32, not in UTF-8"
        return None, [Diagnostic(WIDE_ENCODING, Place.start_of(file), message, "save the file as UTF-8")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(file, data, error)]
    text = text.removeprefix("\ufeff")
    return text, _refused_characters(file, text)


def visible(character: str) -> str:
    """A character that can't be seen, as its code point and its name: `U+0000 (NUL)`."""
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'a control character')})"


def _looks_wide(data: bytes) -> bool:
    """Whether the first two characters, which are ASCII in any specification, are written with zeros between."""
    head = data[:4]
    return len(head) == 4 and (head[1::2] == b"\0\0" or head[::2] == b"\0\0") and head != b"\0\0\0\0"


def _not_utf8(file: str, data: bytes, error: UnicodeDecodeError) -> Diagnostic:
    before = Lines(file, data[: error.start].decode("utf-8").removeprefix("\ufeff"))
    start = len(before.text)
    place = before.span(start, start)
    message = f"the byte 0x{data[error.start]:02X} at offset {error.start} is not UTF-8 ({error.reason})"
    return Diagnostic(NOT_UTF8, place, message, "save the file as UTF-8")


def _refused_characters(file: str, text: str) -> list[Diagnostic]:
    if not _REFUSED.search(text):
        return []
    lines, found = Lines(file, text), list[Diagnostic]()
    for match in _REFUSED.finditer(lines.text):
        place, name = lines.span(match.start(), match.end()), visible(match.group())
        if match.group() in _LINE_SEPARATORS:
            message = f"{name} ends a line in YAML 1.1 but not in YAML 1.2"
            help_ = "use an ordinary line break, or write the character as an escape in double quotes"
            found.append(Diagnostic(LINE_SEPARATOR, place, message, help_))
        else:
            message = f"the character {name} is not allowed here"
            help_ = "remove it, or write it as an escape in double quotes where it is really meant"
            found.append(Diagnostic(CONTROL_CHARACTER, place, message, help_))
        if len(found) == _REPORTED:
            break
    return found
