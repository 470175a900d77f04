"""What every value type of the language shares: how it is parsed, refused, printed and offered to pydantic."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeAlias

from pydantic_core import PydanticCustomError, PydanticKnownError, SchemaSerializer, core_schema

from fairlead.source.diagnostics import Code

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

Written: TypeAlias = str | int | float
"""What a scalar can be in a file, before it has a meaning."""


class UnitError(ValueError):
    """A text that is no value of its type.

    `offset` and `length` say which characters of the text are at fault; `length` is None where it is all of them.
    `nearest` is what the writer probably meant in their place.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        help: str = "",  # noqa: A002  (the name that a diagnostic has for it)
        offset: int = 0,
        length: int | None = None,
        nearest: str | None = None,
    ) -> None:
        message = _printable(message)
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.offset = offset
        self.length = length
        self.nearest = nearest

    def shifted(self, by: int) -> UnitError:
        """The same error about a text that starts `by` characters further left."""
        return UnitError(self.code, self.message, self.help, self.offset + by, self.length, self.nearest)

    def for_pydantic(self) -> PydanticCustomError:
        """The same error as pydantic reports it: the code's id as its type, everything else in its context.

        The message is a value of the context and not the template, because pydantic would read braces in it as
        placeholders; it stands last, because the values before it would otherwise be put into it.
        """
        context: dict[str, Any] = {
            "help": self.help,
            "offset": self.offset,
            "length": self.length,
            "nearest": self.nearest,
            "text": self.message,
        }
        # A code's id is no literal, but it is no user's text either.
        return PydanticCustomError(self.code.id, "{text}", context)


def _canonical(unit: Unit) -> str:
    """A plain string, for a `str` subclass too."""
    return str(unit)


_AS_TEXT: Final = core_schema.plain_serializer_function_ser_schema(_canonical, return_schema=core_schema.str_schema())
_SERIALIZER: Final = SchemaSerializer(core_schema.any_schema(serialization=_AS_TEXT))


class Unit(ABC):
    """A value with a notation of its own. Immutable, compared by value, printed in its canonical notation."""

    __slots__ = ()

    numbers: ClassVar[bool] = False
    """Whether a plain number of the file is read as if it were text: because it is a value, or to refuse it in words
    that help more than "not text"."""
    json_schema: ClassVar[dict[str, Any]] = {"type": "string"}
    """The JSON Schema of the notation: type, pattern, examples. The description is the docstring's first paragraph."""

    __pydantic_serializer__: ClassVar[SchemaSerializer] = _SERIALIZER
    """Where pydantic meets a unit without knowing its type, as in the default of a JSON Schema, it is text too."""

    @classmethod
    @abstractmethod
    def from_text(cls, text: str) -> Self:
        """The value that `text` stands for. Raises UnitError."""

    @classmethod
    def parse(cls, given: Written) -> Self:
        """The value that a scalar stands for. Raises UnitError, and TypeError for what is no scalar of this type."""
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise TypeError(f"a {cls.__name__} is parsed from text, not from {type(given).__name__}")
        return cls.from_text(given if isinstance(given, str) else number_text(given))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """A field of this type takes the notation or an instance, and is written back in the canonical notation."""
        return core_schema.no_info_plain_validator_function(cls._validate, serialization=_AS_TEXT)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The notation, for editors."""
        return {**cls.json_schema, "description": cls.summary()}

    @classmethod
    def summary(cls) -> str:
        """The first paragraph of the type's docstring, on one line."""
        return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    @classmethod
    def _validate(cls, given: object) -> Self:
        if isinstance(given, cls):
            return given
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise PydanticKnownError("string_type")
        if not isinstance(given, str) and not cls.numbers:
            raise PydanticKnownError("string_type")
        try:
            return cls.parse(given)
        except UnitError as error:
            raise error.for_pydantic() from error


class TextUnit(str, Unit):
    """A unit whose value is its text: it is a `str`, so it serves as a key and compares with plain text."""

    __slots__ = ()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """`text`, checked. Raises UnitError."""
        cls.check(text)
        return str.__new__(cls, text)

    @classmethod
    @abstractmethod
    def check(cls, text: str) -> None:
        """Raises UnitError where `text` is no value of this type."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


def _printable(message: str) -> str:
    """On one line and of bounded length, whatever text it quotes: terminals obey control characters."""
    text = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in message[:400])
    return text if len(text) <= 300 else f"{text[:300]}…"


def number_text(number: int | float) -> str:
    """A number of the file as a person would write it: without an exponent, and exactly as it reads back."""
    value = Decimal(repr(number))
    return decimal_text(value) if value.is_finite() else repr(number)


def is_whole(number: Decimal) -> bool:
    """Whether a number has no fraction, however many digits it has: a remainder is refused beyond 28 of them."""
    return number == number.to_integral_value()


def decimal_text(number: Decimal, places: int = 0) -> str:
    """`number` without exponent and without trailing zeros beyond `places` decimals."""
    text = f"{number.copy_abs():f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole
