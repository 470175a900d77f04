"""A resource held again to the typed model of its kind, after patches: they are the one way past the type checker.

A target says which type each kind that it emits has: a `TypedDict`, or a pydantic model such as hera's. What is
wrong in a
patched resource was done by a patch, so that is where it is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NotRequired, Required, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from fairlead.resources.resource import Origin, Resource
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.nodes import Path

WRONG_SHAPE = Code(
    "FL5006",
    "a patch that makes a resource invalid",
    """
    After the patches, the resource no longer fits the model of its kind: a field that it needs is gone, or one has a
    value of
    another type. The cluster would refuse it.

    ```yaml
    patches:
      - why: more replicas
        target: {kind: InferenceService}
        merge: {spec: {predictor: {minReplicas: "three"}}}     # FL5006: a whole number
    ```
    """,
)
UNKNOWN_FIELD = Code(
    "FL5007",
    "a patch that sets a field unknown to Fairlead",
    """
    Fairlead's models of a platform list the fields that Fairlead writes, so a patch may well set one that they lack;
    whether the
    cluster knows it can't be said. With the clusters' CustomResourceDefinitions in a folder, it can:

    ```yaml
    platform:
      crds: crds/
    ```

    Everything is then checked against them, strictly, and this warning goes away.
    """,
    Severity.WARNING,
)
PATCHED = "patched: "
"""How the reason of an origin starts that a patch has put there."""


@cache
def _adapter(shape: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(shape)


def misshapen(resource: Resource, shape: Any, *, unknown: bool = True) -> Iterator[Diagnostic]:
    """What is wrong with a patched resource; nothing for one that no patch has touched.

    `unknown` says whether fields that the type lacks are reported: not where CustomResourceDefinitions decide.
    """
    from pydantic import ValidationError

    patched = _touched(resource)
    if not patched:
        return
    adapter = _adapter(shape)
    try:
        adapter.validate_python(dict(resource.manifest), by_alias=True, by_name=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = tuple(step for step in detail["loc"] if isinstance(step, str | int))
            dotted = ".".join(map(str, path))
            message = (
                f"{resource.identity} would not be valid: `{dotted}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
            )
            place = _origin(patched, path).place
            yield Diagnostic(WRONG_SHAPE, place, message, "compare the patch with the reference of the kind")
        return
    if unknown:
        for path in unknown_fields(shape, resource.manifest):
            dotted = ".".join(map(str, path))
            message = f"`{dotted}` of {resource.identity} is a field that Fairlead does not know"
            help_ = "name a folder with the clusters' CRDs as `platform.crds` to have it checked"
            yield Diagnostic(UNKNOWN_FIELD, _origin(patched, path).place, message, help_)


def is_patched(resource: Resource) -> bool:
    """Whether a patch has touched a resource: only then does its type have to be known."""
    return bool(_touched(resource))


def _touched(resource: Resource) -> Mapping[Path, Origin]:
    return {path: origin for path, origin in resource.fields.items() if origin.why.startswith(PATCHED)}


def _origin(patched: Mapping[Path, Origin], path: Path) -> Origin:
    """The patch that touched a path, or something above or below it; the first patch otherwise."""
    for length in range(len(path), -1, -1):
        if path[:length] in patched:
            return patched[path[:length]]
    below = (origin for touched, origin in patched.items() if touched[: len(path)] == path)
    return next(below, next(iter(patched.values())))


def unknown_fields(shape: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths in `value` that a type has no field for; below a field of free form nothing is unknown."""
    fields = _fields(shape)
    if fields is not None and isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in fields:
                yield (*path, key)
            else:
                yield from unknown_fields(fields[key], inner, (*path, key))
        return
    arguments = get_args(shape)
    origin = get_origin(shape)
    if origin in (list, tuple) and isinstance(value, list):
        for position, item in enumerate(value):
            yield from unknown_fields(arguments[0], item, (*path, position))
    elif origin is dict and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from unknown_fields(arguments[1], inner, (*path, key))
    elif arguments and origin not in (list, tuple, dict, Literal):
        # A union, or a type with annotations: what any of its parts knows is known.
        found = [set(unknown_fields(part, value, path)) for part in arguments if part is not type(None)]
        yield from sorted(set.intersection(*found), key=str) if found else ()


@cache
def _fields(shape: Any) -> Mapping[str, Any] | None:
    """The fields of a TypedDict or a pydantic model, by the names in a manifest; None for any other type."""
    if is_typeddict(shape):
        return {name: _bare(hint) for name, hint in get_type_hints(shape).items()}
    if isinstance(shape, type) and hasattr(shape, "model_fields"):
        return {info.alias or name: info.annotation for name, info in shape.model_fields.items()}
    return None


def _bare(hint: Any) -> Any:
    """A field's type without `Required` or `NotRequired` around it."""
    return get_args(hint)[0] if get_origin(hint) in (Required, NotRequired) else hint
