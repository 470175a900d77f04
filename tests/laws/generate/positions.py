"""Every place of the language where a value stands, from the models themselves: a new field is a new place.

`places` lists them, `found` says which of them a file uses, and `swapped` puts other texts where text is free.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Discriminator, Tag, TypeAdapter

from fairlead.spec.pipeline import Pipeline
from fairlead.spec.units.base import Unit
from tests.laws.generate.dice import Tree

FREE: Final = frozenset({"text", "any"})
"""Kinds of places where the language takes any text."""
NESTED: Final = {"environments": Pipeline, "defaults": Pipeline}
"""Mappings of unknown shape in the models that hold parts of a specification."""
INSIDE: Final = re.compile(r"^(environments\.\*|defaults)\.")
"""Where a part of a specification stands in something else."""
Swap = Callable[[str, str, str], str]
"""From a place, its kind and a text to the text that is put there."""


@dataclass(frozen=True)
class Arm:
    """What a place takes."""

    annotation: Any
    metadata: tuple[Any, ...]

    @property
    def kind(self) -> str:
        """`text`, `any`, `literal`, `form` (text of a form) or a unit's name."""
        return _kind(self.annotation, self.metadata)

    def adapter(self) -> TypeAdapter[Any]:
        """What validates a value of it; made anew each time, which takes long."""
        annotation = self.annotation
        # What tells the arms of a union apart is no part of an arm.
        for data in (found for found in self.metadata if not isinstance(found, Discriminator | Tag)):
            annotation = Annotated[annotation, data]
        return TypeAdapter(annotation)


def arms(model: type[BaseModel]) -> dict[str, Arm]:
    """Every place of text below a model, as `model.train.env.*`."""
    return dict(_places(model, "", ()))


def places(model: type[BaseModel]) -> dict[str, str]:
    """Every place of text below a model, with its kind."""
    return {place: arm.kind for place, arm in arms(model).items()}


def found(model: type[BaseModel], tree: Tree) -> set[str]:
    """The places that a file uses; those of text only, and of texts in them."""
    seen: set[str] = set()

    def note(place: str, kind: str, text: str) -> str:
        seen.add(INSIDE.sub("", place))
        return text

    swapped(model, tree, note)
    return seen


def swapped(model: Any, value: Any, swap: Swap, place: str = "") -> Any:
    """A copy of a value with other texts in it."""
    return _swapped(model, (), value, swap, place)


def _swapped(annotation: Any, metadata: tuple[Any, ...], value: Any, swap: Swap, place: str) -> Any:
    arms = list(_arms(annotation, metadata))
    if isinstance(value, str):
        kinds = [_kind(arm, data) for arm, data in arms if _takes_text(arm)]
        return swap(place, kinds[0], value) if kinds else value
    for arm, _ in arms:
        if arm is Any:
            return _anything(value, swap, place)
        if isinstance(value, dict) and isinstance(arm, type) and issubclass(arm, BaseModel):
            return _section(arm, value, swap, place)
        if isinstance(value, dict) and get_origin(arm) is dict:
            (inner,) = get_args(arm)[1:]
            nested = NESTED.get(place.rpartition(".")[2])
            return {key: _swapped(nested or inner, (), item, swap, f"{place}.*") for key, item in value.items()}
        if isinstance(value, list):
            # A list is short for a range's choices, and a list of names for a mapping; the latter stay.
            inner = _inner_of_list(arm)
            if inner is not None:
                below = f"{place}[]" if get_origin(arm) is tuple else f"{place}.choices[]"
                return [_swapped(inner, (), item, swap, below) for item in value]
    return value


def _section(model: type[BaseModel], value: Tree, swap: Swap, place: str) -> Tree:
    if nested := NESTED.get(place.removeprefix(".")):
        model = nested
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return {
        key: _swapped(fields[key].annotation, tuple(fields[key].metadata), item, swap, f"{place}.{key}".lstrip("."))
        if key in fields
        else item
        for key, item in value.items()
    }


def _anything(value: Any, swap: Swap, place: str) -> Any:
    if isinstance(value, str):
        return swap(place, "any", value)
    if isinstance(value, dict):
        return {key: _anything(item, swap, place) for key, item in value.items()}
    return [_anything(item, swap, place) for item in value] if isinstance(value, list) else value


def _places(annotation: Any, place: str, metadata: tuple[Any, ...]) -> Iterator[tuple[str, Arm]]:
    for arm, data in _arms(annotation, metadata):
        if isinstance(arm, type) and issubclass(arm, BaseModel):
            for name, field in arm.model_fields.items():
                key = field.alias or name
                yield from _places(field.annotation, f"{place}.{key}".lstrip("."), tuple(field.metadata))
        elif get_origin(arm) is dict:
            if place.rpartition(".")[2] not in NESTED:
                yield from _places(get_args(arm)[1], f"{place}.*", ())
        elif get_origin(arm) is tuple:
            yield from _places(get_args(arm)[0], f"{place}[]", ())
        elif _takes_text(arm):
            yield place, Arm(arm, data)


def _arms(annotation: Any, metadata: tuple[Any, ...]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """What an annotation may be, without None, each with what is said about it."""
    if get_origin(annotation) is Annotated:
        base, *more = get_args(annotation)
        yield from _arms(base, (*metadata, *more))
    elif get_origin(annotation) in (Union, types.UnionType):
        for arm in get_args(annotation):
            yield from _arms(arm, metadata)
    elif annotation is not type(None):
        yield annotation, metadata


def _inner_of_list(arm: Any) -> Any:
    if get_origin(arm) is tuple:
        return get_args(arm)[0]
    if isinstance(arm, type) and issubclass(arm, BaseModel) and "choices" in arm.model_fields:
        (choices,) = [one for one, _ in _arms(arm.model_fields["choices"].annotation, ())]
        return get_args(choices)[0]
    return None


def _takes_text(arm: Any) -> bool:
    return arm in (str, Any) or get_origin(arm) is Literal or (isinstance(arm, type) and issubclass(arm, Unit))


def _kind(arm: Any, metadata: tuple[Any, ...]) -> str:
    if arm is Any:
        return "any"
    if arm is str:
        told = [data for data in metadata for data in (data, *getattr(data, "metadata", ()))]
        checked = any(isinstance(data, AfterValidator) or getattr(data, "pattern", None) for data in told)
        return "form" if checked else "text"
    return "literal" if get_origin(arm) is Literal else str(arm.__name__)
