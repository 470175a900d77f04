"""JSON Schemas of the language, and what its reference page needs to know.

Descriptions are the docstrings below the fields. They are read from the source, because a class does not keep them;
that takes long enough to be done only when a schema is asked for.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Without titles: they only repeat the key, and an editor would show both."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Pydantic leaves out a default that it can't write down, and takes an interrupt of the user for that.

        Every default of the language can be written down, so it was one.
        """
        raise KeyboardInterrupt(detail)


def json_schema(model: type[BaseModel], name: str) -> dict[str, Any]:
    """The JSON Schema of a file, by the names that a file uses, with a description for every section and key."""
    schema = model.model_json_schema(by_alias=True, schema_generator=_Untitled)
    definitions = schema.pop("$defs", {})
    for section in sections(model):
        part = schema if section is model else definitions.get(section.__name__)
        if part is not None:
            _describe(section, part)
    head = {
        "$schema": DIALECT,
        "$id": f"https://fairlead.dev/schema/v1/{name}.schema.json",
        "title": f"Fairlead {name}",
    }
    return {**head, **schema, "$defs": dict(sorted(definitions.items()))}


def _describe(section: type[BaseModel], part: dict[str, Any]) -> None:
    part.pop("title", None)
    part["description"] = summary(section)
    texts = descriptions(section)
    for field, info in section.model_fields.items():
        entry = part.get("properties", {}).get(info.alias or field)
        if entry is not None and field in texts:
            entry["description"] = texts[field]


def sections(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and every model that it is made of, each once, outer before inner."""
    found: dict[type[BaseModel], None] = {model: None}
    open_ = [model]
    while open_:
        for info in open_.pop(0).model_fields.values():
            for inner in _models(info.annotation):
                if inner not in found:
                    found[inner] = None
                    open_.append(inner)
    return list(found)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def summary(model: type[BaseModel]) -> str:
    """The first paragraph of a section's docstring, on one line."""
    return one_line(inspect.getdoc(model) or "")


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings below the fields of a model and of the models that it extends."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.__module__.startswith("fairlead") and base.__annotations__:
            texts.update(_own_descriptions(base))
    return texts


def _own_descriptions(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            is_text = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            if is_text and isinstance(text.value.value, str):  # type: ignore[attr-defined]
                yield field.target.id, one_line(text.value.value)  # type: ignore[attr-defined]


def one_line(text: str) -> str:
    """The first paragraph of a docstring without its line breaks."""
    return " ".join(text.strip().split("\n\n")[0].split())
