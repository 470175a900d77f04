"""From a tree of nodes to a model, with every mistake at its place."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fairlead.source.diagnostics import Code, Diagnostic, defined_codes
from fairlead.source.nodes import Mapping, Node, Path, Scalar, Sequence, child, find, place_of, plain
from fairlead.source.places import Place
from fairlead.source.words import nearest_word
from fairlead.spec.keys import keys_at
from fairlead.spec.mistakes import (
    MISSING_KEY,
    NOT_A_CHOICE,
    NOT_A_MAPPING,
    OUT_OF_BOUNDS,
    UNKNOWN_KEY,
    WRONG_TYPE,
)
from fairlead.spec.nulls import nulls

M = TypeVar("M", bound=BaseModel)

_TYPES = {Mapping: "a mapping", Sequence: "a list"}
_BOUNDS = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
}


def validated(model: type[M], root: Node) -> tuple[M | None, list[Diagnostic]]:
    """`root` as a `model`, or None and everything that is wrong with it."""
    if not isinstance(root, Mapping):
        message = f"a file of Fairlead's is a mapping, and this is {_kind(root)}"
        return None, [Diagnostic(NOT_A_MAPPING, root.place, message, "start with `apiVersion: fairlead.dev/v1`")]
    missing = list(nulls(root))
    try:
        value = model.model_validate(plain(root))
    except ValidationError as error:
        details = _without_echoes(error.errors(include_url=False))
        # What is null is reported as such; that it is no mapping either would only repeat it.
        found = [_diagnostic(model, root, detail) for detail in details if not _is_about_null(root, detail)]
        return None, list(dict.fromkeys([*missing, *found]))
    return (None, missing) if missing else (value, [])


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the lists that are too short only because their items were refused."""
    short = ("too_short",)
    places = [detail["loc"] for detail in details if detail["type"] not in short]
    return [
        detail
        for detail in details
        if detail["type"] not in short or not any(place[: len(detail["loc"])] == detail["loc"] for place in places)
    ]


def _is_about_null(root: Mapping, detail: ErrorDetails) -> bool:
    path, on_key = _path(root, detail)
    node = find(root, path)
    return not on_key and detail["type"] in _WANTED and isinstance(node, Scalar) and node.value is None


def _diagnostic(model: type[BaseModel], root: Mapping, detail: ErrorDetails) -> Diagnostic:
    path, on_key = _path(root, detail)
    kind, context = detail["type"], detail.get("ctx", {})
    code = defined_codes().get(kind)
    if code is not None:
        return _from_unit(code, root, path, context, on_key)
    name = _dotted(path)
    if kind == "extra_forbidden":
        return _unknown_key(model, root, path)
    if kind == "missing":
        return _missing(root, path)
    node = find(root, path)
    place = _place(root, path, on_key)
    if kind == "literal_error":
        choices = _choices(str(context.get("expected", "")))
        text = node.text if isinstance(node, Scalar) else _kind(node)
        message = f"`{text}` is not one of the choices for `{name}`: {', '.join(choices)}"
        return Diagnostic(NOT_A_CHOICE, place, message, "write one of them", nearest_word(text, choices))
    if kind in _WANTED:
        message = f"`{name}` takes {_WANTED[kind]}, and this is {_kind(node)}"
        return Diagnostic(WRONG_TYPE, place, message, _type_help(kind, node))
    bound = _bound(kind, context)
    if bound:
        text = node.text if isinstance(node, Scalar) else _kind(node)
        return Diagnostic(
            OUT_OF_BOUNDS, place, f"`{name}` is {text}, and must be {bound}", f"write a value that is {bound}"
        )
    reason = str(context.get("error", "")) or detail["msg"]
    message = f"`{name}`: {reason[:1].lower()}{reason[1:]}"
    return Diagnostic(OUT_OF_BOUNDS, place, message, "the language reference says what this key takes")


def _bound(kind: str, context: MappingABC[str, Any]) -> str | None:
    """The bound that a value breaks, in words; None for what is no bound."""
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"{words} {context[key]:g}"
    if kind in ("too_short", "string_too_short"):
        least = context["min_length"]
        return f"at least {least} {_things(kind, least)} long"
    if kind in ("too_long", "string_too_long"):
        most = context["max_length"]
        return f"at most {most} {_things(kind, most)} long"
    if kind == "string_pattern_mismatch":
        return f"of the form {context['pattern']}"
    return None


def _things(kind: str, count: int) -> str:
    thing = "character" if kind.startswith("string") else "item"
    return thing if count == 1 else f"{thing}s"


def _from_unit(code: Code, root: Mapping, path: Path, context: MappingABC[str, Any], on_key: bool) -> Diagnostic:
    place = _place(root, path, on_key)
    node = find(root, path)
    length = context.get("length")
    if not on_key and isinstance(node, Scalar) and node.inline and length is not None:
        place = node.text_place.within(int(context.get("offset", 0)), int(length))
    message, help_ = str(context.get("text", code.title)), str(context.get("help", ""))
    return Diagnostic(code, place, message, help_, context.get("nearest"))


def _unknown_key(model: type[BaseModel], root: Mapping, path: Path) -> Diagnostic:
    section = _dotted(path[:-1])
    known = keys_at(model, path[:-1])
    word = nearest_word(str(path[-1]), known)
    known = [name for name in known if find(root, (*path[:-1], name)) is None]
    where = f"`{section}`" if section else "the top level"
    message = f"{where} has no key `{path[-1]}`"
    remaining = ", ".join(known) or "none that is not already there"
    help_ = "remove it, or write the key that was meant" if word else f"the keys that it can have: {remaining}"
    return Diagnostic(UNKNOWN_KEY, _place(root, path, on_key=True), message, help_, word)


def _missing(root: Mapping, path: Path) -> Diagnostic:
    section = _dotted(path[:-1])
    where = f"`{section}`" if section else "the file"
    place = place_of(root, path)
    return Diagnostic(MISSING_KEY, place, f"{where} needs the key `{path[-1]}`", f"add `{path[-1]}:`")


def _path(root: Mapping, detail: ErrorDetails) -> tuple[Path, bool]:
    """The location as a path into the tree: without the tags that unions put in, and whether it is about a key."""
    steps, node, on_key = [], root, False
    location = detail["loc"]
    for position, step in enumerate(location):
        below = child(node, step) if node is not None else None
        if below is not None:
            steps.append(step)
            node = below  # type: ignore[assignment]
        elif step == "[key]":
            on_key = True
        elif position == len(location) - 1 and detail["type"] in ("missing", "extra_forbidden"):
            steps.append(step)
    return tuple(steps), on_key


def _place(root: Mapping, path: Path, on_key: bool) -> Place:
    """The place of a value, or of the key that holds it; what is not written has the place of its section's key."""
    if on_key and path and isinstance(path[-1], str):
        parent = find(root, path[:-1])
        if isinstance(parent, Mapping) and path[-1] in parent.entries:
            return parent.entries[path[-1]].key_place
    return place_of(root, path)


def _choices(expected: str) -> list[str]:
    """The words of pydantic's `'a', 'b' or 'c'`."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _kind(node: Node | None) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, Scalar):
        if node.value is None:
            return "null"
        if isinstance(node.value, bool):
            return f"the boolean {node.text}"
        return f"the number {node.text}" if isinstance(node.value, int | float) else f"the text `{node.text[:40]}`"
    return _TYPES[type(node)]


def _type_help(kind: str, node: Node | None) -> str:
    wanted = _WANTED[kind]
    if isinstance(node, Scalar) and node.value is None:
        return (
            "write `{}` for a section with all its defaults"
            if wanted == "a mapping"
            else "write a value, or remove the key"
        )
    if wanted == "text" and isinstance(node, Scalar):
        return f'put it in quotes: "{node.text}"'
    if wanted == "a list" and isinstance(node, Scalar):
        return "write a list: [first, second]"
    return f"write {wanted}"


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
