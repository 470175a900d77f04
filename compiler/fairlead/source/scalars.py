"""What a plain scalar means: the YAML 1.2 core schema, without the spellings that readers of YAML disagree on.

A file is read by more programs than Fairlead: editors, linters, `kubectl`, scripts. Where the two versions of YAML give
a text different values, or one has a spelling that JSON can't say, the text is refused and has to be quoted or written
in the common form. Dates stay text. Sources: YAML 1.2.2 section 10.3.2, and the type repository of YAML 1.1
(yaml.org/type: bool, int, float, null).
"""

from __future__ import annotations

import math
import re
from typing import Final, TypeAlias

from fairlead.source.diagnostics import Code

Value: TypeAlias = "None | bool | int | float | str"

AMBIGUOUS: Final = Code(
    "FL1019",
    "value that readers of YAML disagree on",
    """
    A value without quotes means one thing in YAML 1.2 and another in YAML 1.1, or is a spelling that only one of them
    knows. Many tools still read YAML 1.1, so the same file would say different things to different people.

    | written | YAML 1.2 | YAML 1.1 | write instead |
    |---|---|---|---|
    | `no`, `off`, `n` | text | false | `false`, or `"no"` |
    | `True`, `TRUE` | true, as is `true` | true | `true`, or `"True"` |
    | `012` | 12 | 10, as an octal number | `12`, or `"012"` |
    | `0o14` | 12 | text | `12`, or `"0o14"` |
    | `1e3` | 1000.0 | text | `1000`, `1.0e+3`, or `"1e3"` |
    | `1_000` | text | 1000 | `1000`, or `"1_000"` |
    | `12:30:45` | text | 45045, in base 60 | `"12:30:45"` |
    | `.inf`, `.nan` | not a finite number | the same | no specification needs one |
    | `~`, `Null` | null | null | `null`, nothing, or `"~"` |

    Norway's country code is the best known victim:

    ```yaml
    labels: {country: no}      # false, for some
    ```

    Right:

    ```yaml
    labels: {country: "no"}
    ```

    Dates such as `2027-03-31` and versions such as `1.2.3` are text, and need no quotes.
    """,
)

OUT_OF_RANGE: Final = Code(
    "FL1020",
    "number out of range",
    """
    A number is larger than programs can hold alike: an integer beyond 64 bits, or a float that overflows to infinity.
    One reader would round it, another would refuse it.

    Wrong:

    ```yaml
    parameters: {seed: 340282366920938463463374607431768211456, scale: 1.0e+999}
    ```

    Right: a number that fits, or text where it is an identifier.

    ```yaml
    parameters: {seed: 42, account: "340282366920938463463374607431768211456"}
    ```
    """,
)

_COMMON_WORDS: Final[dict[str, Value]] = {"": None, "null": None, "true": True, "false": False}
_TRUTH: Final = {
    "yes": True, "no": False, "on": True, "off": False, "y": True, "n": False, "true": True, "false": False,
}  # fmt: skip
# The first character of every text that may be more than text, so that most are decided by one look.
_LETTERS: Final = frozenset("~nNyYtTfFoO")
_SUSPICIOUS: Final = _LETTERS | frozenset("0123456789+-.")
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
# Both versions agree on these: a decimal point, and a sign in the exponent.
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+][0-9]+)?\Z")
_LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]+\Z")
_OCTAL: Final = re.compile(r"[-+]?0o[0-7]+\Z")
_HEXADECIMAL: Final = re.compile(r"[-+]?0x[0-9a-fA-F_]+\Z")
_BINARY: Final = re.compile(r"[-+]?0b[01_]+\Z")
_EXPONENT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+\Z")
_UNDERSCORES: Final = re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+][0-9]+)?)?\Z")
_BASE_60: Final = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z|[-+]?0(?::[0-5]?[0-9])+\.[0-9_]*\Z")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_LONGEST_INTEGER: Final = 20
"""Digits and sign of the longest 64-bit integer. Python refuses to convert absurdly long ones."""


class Doubt(Exception):
    """A plain text that can't be taken at its word.

    `value` is its reading by the YAML 1.2 core schema, for checks that go on; `message` and `help` are a diagnostic's.
    """

    def __init__(self, code: Code, value: Value, message: str, help_: str) -> None:
        self.code, self.value, self.message, self.help = code, value, message, help_
        super().__init__(message)


def resolve(text: str) -> Value:
    """The value of a plain scalar.

    Raises `Doubt` where readers of YAML disagree on it, or where it is a number that programs don't hold alike.
    """
    if not text:
        return None
    if text[0] not in _SUSPICIOUS:
        return text
    if text in _COMMON_WORDS:
        return _COMMON_WORDS[text]
    if text[0] not in _LETTERS:
        if _INTEGER.match(text):
            return _integer(text)
        if _FLOAT.match(text):
            return _float(text)
    doubt = _word(text) if text[0] in _LETTERS else _number(text)
    if doubt is not None:
        raise doubt
    return text


def _integer(text: str) -> int:
    if len(text) <= _LONGEST_INTEGER:
        value = int(text)
        if -(2**63) <= value < 2**64:
            return value
    raise _out_of_range(text, "is an integer beyond 64 bits")


def _float(text: str) -> float:
    value = float(text)
    if math.isfinite(value):
        return value
    raise _out_of_range(text, "is larger than the largest float, 1.8e+308")


def _out_of_range(text: str, why: str) -> Doubt:
    shown = text if len(text) <= 40 else f"{text[:20]}… ({len(text)} characters)"
    return Doubt(OUT_OF_RANGE, text, f"`{shown}` {why}", "use a smaller number, or quote it where it is an identifier")


def _word(text: str) -> Doubt | None:
    if text == "~" or text.lower() == "null":
        value = None if text in {"~", "Null", "NULL"} else text
        return _ambiguous(text, value, f"`{text}` stands for null to some readers of YAML", "write `null` or nothing")
    if text.lower() not in _TRUTH:
        return None
    truth = _TRUTH[text.lower()]
    name = str(truth).lower()
    if text not in {text.lower(), text.upper(), text.capitalize()}:
        message = f"`{text}` is text in YAML, though it looks like {name}"
        return _ambiguous(text, text, message, f"write `{name}`")
    if text.lower() in {"true", "false"}:
        message = f"`{text}` is {name} in YAML 1.2 and 1.1, and nothing in JSON"
        return _ambiguous(text, truth, message, f"write `{name}`")
    return _ambiguous(text, text, f"`{text}` is text in YAML 1.2 and {name} in YAML 1.1", f"write `{name}`")


def _number(text: str) -> Doubt | None:
    if _LEADING_ZERO.match(text):
        value, other = _finite(text), "text"
        if not set(text) & set("89"):
            other = str(_whole(text, 8)) + ", as an octal number,"
        return _two_readings(text, value, str(value), other)
    if _OCTAL.match(text):
        value = _whole(text, 8)
        return _two_readings(text, value, str(value), "text")
    if _HEXADECIMAL.match(text):
        value = _whole(text, 16)
        if "_" in text:
            return _two_readings(text, text, "text", str(value))
        return _ambiguous(text, value, f"`{text}` is {value} in YAML, and nothing in JSON", f"write `{value}`")
    if _BINARY.match(text):
        return _two_readings(text, text, "text", str(_whole(text, 2)))
    if _EXPONENT.match(text):
        value = _finite(text)
        return _two_readings(text, value, str(value), "text")
    if _UNDERSCORES.match(text):
        return _two_readings(text, text, "text", text.replace("_", ""))
    if _BASE_60.match(text):
        return _two_readings(text, text, "text", _base_60(text) + ", in base 60,")
    if _NOT_FINITE.match(text):
        return _ambiguous(text, text, f"`{text}` is not a finite number", "write a number")
    return None


def _two_readings(text: str, value: Value, in_12: str, in_11: str) -> Doubt:
    numeral = in_12 if in_12 != "text" else in_11.partition(",")[0]
    return _ambiguous(text, value, f"`{text}` is {in_12} in YAML 1.2 and {in_11} in YAML 1.1", f"write `{numeral}`")


def _ambiguous(text: str, value: Value, message: str, instead: str) -> Doubt:
    return Doubt(AMBIGUOUS, value, message.removesuffix(","), f'{instead}, or quote it if text is meant: `"{text}"`')


def _whole(text: str, base: int) -> int:
    """The integer that `text` is in `base`, for a message. Raises `Doubt` for one that nobody wants to read."""
    if len(text) > _LONGEST_INTEGER:
        raise _out_of_range(text, "is an integer beyond 64 bits")
    digits = text.replace("_", "").lower().replace("0o", "").replace("0x", "").replace("0b", "")
    return int(digits if digits not in {"", "-", "+"} else "0", base)


def _finite(text: str) -> int | float:
    if _LEADING_ZERO.match(text):
        return _whole(text, 10)
    return _float(text)


def _base_60(text: str) -> str:
    """The value of a base-60 number of YAML 1.1, for a message."""
    if len(text) > 4 * _LONGEST_INTEGER:
        raise _out_of_range(text, "is a number in base 60 for YAML 1.1")
    negative, total = text.startswith("-"), 0.0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + float(part)
    return f"{-total if negative else total:.15g}"
