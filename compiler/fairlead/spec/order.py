"""The canonical order of keys: that of the models' fields, which is the order of the reference page."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel

from fairlead.source.nodes import Path


def keys_in_order(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys of the section at `path` below a model, in their order, by the names that a file uses.

    Empty where the keys are the writer's own, as the names of sources are, and where nothing is known of them.
    """
    current: list[Any] = [model]
    for step in path:
        current = [below for annotation in current for below in _below(annotation, step)]
    models = [kind for annotation in current for kind in _models(annotation)]
    names = [field.alias or name for kind in models for name, field in kind.model_fields.items()]
    return tuple(dict.fromkeys(names))


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that a value may be, itself and not in a list or a mapping of it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if _is_container(annotation):
        return []
    return [found for argument in get_args(annotation) for found in _models(argument)]


def _below(annotation: Any, step: str | int) -> list[Any]:
    """The annotations that can stand one step below one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return [field.annotation for name, field in fields if step == (field.alias or name)]
    if _is_container(annotation):
        return [get_args(annotation)[-1 if isinstance(step, str) else 0]] if get_args(annotation) else []
    return [found for argument in get_args(annotation) for found in _below(argument, step)]


def _is_container(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (dict, tuple, list)
