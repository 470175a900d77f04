"""Which keys a section can have, found in the models."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel

from fairlead.source.nodes import Path


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the section at `path` can have, by the names that a file uses."""
    current: list[Any] = [model]
    for step in path:
        current = [below for kind in current for below in _below(kind, step)]
    return sorted(
        {field.alias or name for kind in current if _is_model(kind) for name, field in kind.model_fields.items()}
    )


def _below(kind: Any, step: str | int) -> list[Any]:
    """The model types that can stand one step below a type, through unions, lists, mappings and annotations."""
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return _models(field.annotation)
        return []
    return kind.inner if isinstance(kind, _Container) else []


def _models(annotation: Any) -> list[Any]:
    if _is_model(annotation):
        return [annotation]
    arguments = get_args(annotation)
    if not arguments:
        return []
    inner = [found for argument in arguments for found in _models(argument)]
    container = getattr(annotation, "__origin__", None)
    return [_Container(inner)] if container in (dict, tuple, list) and inner else inner


class _Container:
    """A list or a mapping of models: one step leads into it."""

    def __init__(self, inner: list[Any]) -> None:
        self.inner = inner


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
