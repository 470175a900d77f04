"""What all sections of the language share."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

T = TypeVar("T")

Items = Annotated[tuple[T, ...], Strict(False)]
"""A list in the file, a tuple in the model: what is read once never changes."""

Positive = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Command = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Strict(False), Field(min_length=1)]
"""An argument vector; no shell reads it."""


def _below_the_root(value: str) -> str:
    if value.startswith(("/", "\\")) or ".." in value.replace("\\", "/").split("/"):
        raise ValueError("a path is written from the root of the repository, without `..`, as in `models/rendered`")
    return value


RelativePath = Annotated[
    str,
    Field(min_length=1, json_schema_extra={"pattern": r"^[^/\\].*$"}),
    AfterValidator(_below_the_root),
]
"""A path in the repository, from its root."""
SCALARS = ["null", "boolean", "integer", "number", "string"]


def _parameter(value: object) -> object:
    """A scalar, or a flat list of scalars. One check with one message, where a union would report six."""
    flat = value if isinstance(value, list) else [value]
    if not all(item is None or isinstance(item, bool | int | float | str) for item in flat):
        raise ValueError("a parameter is a scalar or a flat list of scalars")
    return value


Parameter = Annotated[
    Any,
    BeforeValidator(_parameter),
    WithJsonSchema({"type": [*SCALARS, "array"], "items": {"type": SCALARS}}),
]
"""What a parameter of a step can be. It reaches the step as JSON."""


class Section(BaseModel):
    """A section of a file: strict about keys and types, and immutable.

    Field descriptions are the docstrings below the fields. They are read from the source when a JSON Schema is
    made, and not at import, which would cost every command the time to parse them. For the same reason a validator is
    built when it is first used: that of a nested section is then only ever a part of the one around it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
