"""Amounts of what a cluster hands out, in Kubernetes' notation.

Grammar, canonical form and bounds are those of `resource.Quantity` in k8s.io/apimachinery.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, ClassVar, Final, Self

from fairlead.source.diagnostics import Code
from fairlead.spec.units.base import Unit, UnitError

MALFORMED = Code(
    "FL1210",
    "not a quantity",
    """
    A quantity is a number with at most one suffix of Kubernetes': `m` (a thousandth), `k`, `M`, `G`, `T`, `P`, `E`
    (powers of 1000), `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei` (powers of 1024), or an exponent as `12e6`. Case matters: `M`
    is a million and `m` is a thousandth.

    ```yaml
    hardware:
      train: {cpu: 4, memory: 8GB}      # FL1210: no suffix of Kubernetes'
    ```

    Mended:

    ```yaml
    hardware:
      train: {cpu: 4, memory: 8Gi}
    ```
    """,
)
OUT_OF_RANGE = Code(
    "FL1211",
    "a quantity that Kubernetes would change or refuse",
    """
    Kubernetes rounds a quantity finer than its unit allows and silently caps one beyond 2^63-1, so what runs would not
    be what the file says. A quantity of zero or less gives a container nothing to run in.

    ```yaml
    hardware:
      train: {cpu: 0.0005, memory: 8Gi}     # FL1211: half a thousandth of a core
    ```

    Mended:

    ```yaml
    hardware:
      train: {cpu: 5m, memory: 8Gi}
    ```
    """,
)
NO_UNIT = Code(
    "FL1212",
    "an amount of memory without a unit",
    """
    In Kubernetes, memory without a suffix counts bytes, and `4m` is four thousandths of one byte. Both are accepted by
    the API server, and neither is ever meant: the container is killed before it starts.

    ```yaml
    hardware:
      train: {cpu: 4, memory: 8}        # FL1212: 8 bytes
    ```

    Mended:

    ```yaml
    hardware:
      train: {cpu: 4, memory: 8Gi}
    ```
    """,
)

# Enough digits for 2^63-1 with nine decimals, many times over: arithmetic on parsed quantities never rounds.
_EXACT: Final = Context(prec=120)
_DECIMAL: Final[dict[str, int]] = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_LARGEST: Final = 2**63 - 1
_FORM = re.compile(r"(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?P<suffix>.*)", re.DOTALL)
_EXPONENT = re.compile(r"[eE](?P<exponent>[+-]?[0-9]{1,2})")
_LONGEST_TEXT: Final = 64
_PATTERN: Final = r"^[+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"


@dataclass(frozen=True, slots=True, eq=False)
class Quantity(Unit):
    """An amount in Kubernetes' notation: 500m, 4, 1.5, 100M, 8Gi, 12e6.

    `value` is exact. Quantities are equal when their values are, however they are written: 1Gi is 1024Mi.
    """

    value: Decimal
    binary: bool = False
    exponent: bool = False

    numbers: ClassVar[bool] = True
    json_schema: ClassVar[dict[str, Any]] = {
        "type": ["string", "number"],
        "pattern": _PATTERN + r"([num]|[kMGTPE]i?|Ki|[eE][+-]?[0-9]{1,2})?$",
        "examples": ["4", "500m", "8Gi"],
    }

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The quantity that `text` stands for. Raises UnitError for FL1210, FL1211 and FL1212."""
        form = _FORM.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
        if form is None:
            raise UnitError(MALFORMED, f"`{text[:_LONGEST_TEXT]}` is not a quantity", "write it as 500m, 4 or 8Gi")
        number, suffix, start = Decimal(form["number"]), form["suffix"], form.start("suffix")
        power = _EXPONENT.fullmatch(suffix)
        if suffix in _BINARY[1:]:
            value = _EXACT.multiply(number, Decimal(1024 ** _BINARY.index(suffix)))
        elif suffix in _DECIMAL or power:
            value = number.scaleb(int(power["exponent"]) if power else _DECIMAL[suffix], _EXACT)
        else:
            raise _suffix_error(text, suffix, start)
        if value != value.quantize(Decimal("1e-9"), context=_EXACT):
            raise UnitError(OUT_OF_RANGE, f"`{text}` is finer than a billionth", "write a coarser quantity")
        if abs(value) > _LARGEST:
            raise UnitError(OUT_OF_RANGE, f"`{text}` is more than 2^63-1", "write a smaller quantity")
        found = cls(value, binary=suffix in _BINARY[1:], exponent=power is not None)
        found.check(text, suffix)
        return found

    def check(self, text: str, suffix: str) -> None:
        """Raises UnitError where this kind of quantity cannot have this value or suffix; `text` is as written."""
        if self.value < 0:
            raise UnitError(OUT_OF_RANGE, f"the quantity `{text}` is negative", "write an amount of zero or more")

    @property
    def bytes(self) -> int:
        """The value as a whole number, rounded up as Kubernetes does."""
        return int(self.value.to_integral_value(rounding="ROUND_CEILING"))

    @property
    def millis(self) -> int:
        """The value in thousandths, rounded up as Kubernetes does."""
        return int(self.value.scaleb(3, _EXACT).to_integral_value(rounding="ROUND_CEILING"))

    def __str__(self) -> str:
        """As Kubernetes' API server keeps it: no fraction, no lost precision, the largest suffix that allows both."""
        if not self.value:
            return "0"
        whole = self.value == self.value.to_integral_value()
        if self.binary and whole and abs(self.value) >= 1024:
            return _with_binary_suffix(int(self.value))
        return _with_decimal_suffix(self.value, notation_is_exponent=self.exponent)

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, Quantity) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: Quantity) -> bool:
        return self.value < other.value

    def __le__(self, other: Quantity) -> bool:
        return self.value <= other.value

    def __gt__(self, other: Quantity) -> bool:
        return self.value > other.value

    def __ge__(self, other: Quantity) -> bool:
        return self.value >= other.value

    def __add__(self, other: Self) -> Self:
        return type(self)(_EXACT.add(self.value, other.value), self.binary or other.binary)

    def __mul__(self, times: int) -> Self:
        return type(self)(_EXACT.multiply(self.value, Decimal(times)), self.binary, self.exponent)

    __rmul__ = __mul__


class Cpu(Quantity):
    """Processor time in cores: 4, 0.5 or 500m; nothing finer than a thousandth of a core."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": ["string", "number"],
        "pattern": _PATTERN + r"[mkMGTPE]?$",
        "examples": [4, 0.5, "500m"],
    }

    def check(self, text: str, suffix: str) -> None:
        """Above zero, in cores or thousandths, and nothing that Kubernetes would round."""
        # Nobody has a thousand cores in one container, but `1k` is how Kubernetes prints 1000.
        if suffix not in ("", "m", "k", "M", "G", "T", "P", "E"):
            help_ = "write cores, as 4 or 0.5, or thousandths of a core, as 500m"
            raise UnitError(MALFORMED, f"`{suffix}` in `{text}` is no unit of processor time", help_)
        if self.value <= 0:
            raise UnitError(OUT_OF_RANGE, f"`{text}` gives no processor time", "write cores, as 4, or 500m")
        if self.value.scaleb(3) % 1:
            message = f"`{text}` is {self.value.scaleb(3).normalize():f} thousandths of a core"
            raise UnitError(OUT_OF_RANGE, message, "write whole thousandths, as 5m")


class Memory(Quantity):
    """An amount of memory or disk in bytes, with a unit: 512Mi, 8Gi, 100G."""

    __slots__ = ()

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": _PATTERN + r"([kMGTPE]|[KMGTPE]i)$",
        "examples": ["512Mi", "8Gi"],
    }

    def check(self, text: str, suffix: str) -> None:
        """Above zero, in whole bytes, with a unit."""
        if self.value <= 0:
            raise UnitError(OUT_OF_RANGE, f"`{text}` is no memory at all", "write an amount with its unit, as 8Gi")
        if suffix not in _BINARY[1:] and _DECIMAL.get(suffix, 0) < 3:
            number = text[: len(text) - len(suffix)]
            what = {"": "bytes", "m": "thousandths of a byte"}.get(suffix, "bytes in a notation that few read")
            help_ = f"did you mean {number}{'Mi' if suffix == 'm' else 'Gi'}"
            raise UnitError(NO_UNIT, f"`{text}` is {number} {what}", help_, nearest=help_.removeprefix("did you mean "))
        if self.value % 1:
            raise UnitError(OUT_OF_RANGE, f"`{text}` is no whole number of bytes", "write a smaller unit, as 1536Mi")


def _with_binary_suffix(value: int) -> str:
    steps = 0
    while value % 1024 == 0 and steps < len(_BINARY) - 1:
        value, steps = value // 1024, steps + 1
    return f"{value}{_BINARY[steps]}"


def _with_decimal_suffix(value: Decimal, *, notation_is_exponent: bool) -> str:
    sign, digits, exponent = value.normalize(_EXACT).as_tuple()
    assert isinstance(exponent, int), "a parsed quantity is finite"
    mantissa = int("".join(map(str, digits))) * 10 ** (exponent % 3)
    exponent -= exponent % 3
    plain = "" if exponent == 0 else f"e{exponent}"
    suffix = plain if notation_is_exponent else _DECIMAL_SUFFIX.get(exponent, plain)
    return f"{'-' * sign}{mantissa}{suffix}"


def _suffix_error(text: str, suffix: str, start: int) -> UnitError:
    """What is wrong with the suffix, with what was probably meant: `GB`, `gb` and `g` are `Gi`, `K` is `Ki`."""
    letter = suffix.strip()[:1]
    meant = {"K": "Ki", "k": "Ki"}.get(letter, f"{letter.upper()}i")
    looks_right = suffix.strip().lower() in {f"{letter}{rest}".lower() for rest in ("", "i", "b", "ib")}
    nearest = meant if meant in _BINARY and looks_right else None
    help_ = "the suffixes are m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei"
    return UnitError(MALFORMED, f"`{suffix}` in `{text}` is no suffix", help_, start, len(suffix), nearest)
