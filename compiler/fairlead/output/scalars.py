"""How one value is written in YAML so that every reader reads the same one.

The readers in mind are those of YAML 1.1 (PyYAML, libyaml), of its core schema in 1.2 (ruamel.yaml, js-yaml), and
go-yaml, which Kubernetes uses and which is a mixture: it strips underscores before it looks for a number. A text that
any of them would take for something else is quoted. The character classes are spelt out, and not asked of
`str.isprintable`, because that answer changes with the version of Unicode that a Python brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from math import isinf, isnan
from typing import Any, Final

ESCAPED: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\xa0\xad"  # controls, the no-break space, the soft hyphen
    "\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"  # invisible in Arabic, Hangul, Ogham, Khmer, Mongolian
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164"  # spaces, line separators, joiners, direction marks
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"  # surrogates, private use, the BOM
    "\U000e0000-\U0010ffff"  # tags and planes of private use
    "]"
)
"""Characters that are never written as they are: readers refuse them, fold them, or people can't see them."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_PLAIN_START: Final = re.compile(r"[A-Za-z0-9_/.$(+<;^~=\\\u00a1-\U000dffff]|-(?!--)[A-Za-z0-9_/.$(-]")
_PLAIN_NEVER: Final = re.compile(r":(?: |\Z)| #| \Z|\A\.\.\.")

_WORDS: Final = frozenset({"~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"})
"""What some reader resolves to null, a boolean, or a special key, in any mixture of cases."""

_NUMBER: Final = re.compile(
    r"[-+]?(?:"
    r"0x[0-9a-f]*(?:\.[0-9a-f]*)?(?:p[-+]?[0-9]*)?"
    r"|0o[0-7]*|0b[01]*"
    r"|[0-9]+(?::[0-9]+)*(?:\.[0-9]*)?(?:e[-+]?[0-9]*)?"
    r"|\.[0-9]*(?:e[-+]?[0-9]*)?"
    r"|\.?(?:inf|infinity|nan)"
    r")"
)
"""Everything that is a number to some reader, in lower case and without its underscores."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:\Z|[Tt ])")

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}
_TO_ESCAPE: Final = re.compile(rf'[\\"]|{ESCAPED.pattern}')


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def is_plain(text: str) -> bool:
    """Whether `text` needs no quotes: every reader sees this very text, in a value and in a key."""
    if not _PLAIN_START.match(text) or _PLAIN_NEVER.search(text) or ESCAPED.search(text):
        return False
    if len(text) <= 5 and text.lower() in _WORDS:
        return False
    if text[0] in "0123456789+-." and _NUMBER.fullmatch(text.replace("_", "").lower()):
        return False
    return not (text[0].isdecimal() and _DATE.match(text)) and text.lower() not in ("inf", "nan", "infinity")


def quoted(text: str) -> str:
    """`text` in quotes: double ones, unless single ones save escapes."""
    if ESCAPED.search(text):
        if lone := _SURROGATE.search(text):
            raise ValueError(
                f"character {lone.start()} of {text!r} is half of a surrogate pair, which is no text in UTF-8"
            )
    elif ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return f'"{_TO_ESCAPE.sub(_escape, text)}"'


def one_line(text: str) -> str:
    """`text` on one line: as it is where that is safe, else in quotes. Raises ValueError for a lone surrogate."""
    return text if is_plain(text) else quoted(text)


def fits_block(text: str) -> bool:
    """Whether a literal block holds `text` exactly, and a person who edits the file won't change it unawares.

    That excludes spaces at the ends of lines, which editors strip, a first line that is empty or indented, which
    needs an indentation indicator, and more than one newline at the end.
    """
    if "\n" not in text or text[0] in " \t\n" or text[-1] in " \t" or text.endswith("\n\n"):
        return False
    if " \n" in text or "\t\n" in text:
        return False
    return not ESCAPED.search(text.replace("\n", "").replace("\t", ""))


def comment(text: str) -> str:
    """`text` as it can stand behind `# `: what a reader would refuse is escaped, so that it can't end the comment."""
    return _TO_ESCAPE_IN_COMMENT.sub(_escape, text)


_TO_ESCAPE_IN_COMMENT: Final = ESCAPED


def _float(value: float) -> str:
    if isnan(value):
        return ".nan"
    if isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 takes 1e+16 for text: it wants a point in a number with an exponent.
    return text if "." in text else text.replace("e", ".0e", 1)


def _decimal(value: Decimal) -> str:
    return format(value, "f") if value.is_finite() else _float(float(value))


SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _float,
    Decimal: _decimal,
    type(None): lambda _: "null",
}
"""How each type of scalar other than text is written."""
