"""`patches` and `waivers`: the ways out, each with its reason."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from fairlead.spec.base import Items, Section


def _date(value: object) -> object:
    """An ISO 8601 date. YAML 1.2 reads it as text, so that is what arrives here."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("a date is written as 2027-03-31") from None
    return value


Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Pointer = Annotated[str, Field(pattern=r"^(/.*)?$")]
Reason = Annotated[str, Field(min_length=3)]


class PatchTarget(Section):
    """Which generated resources a patch is for."""

    kind: Annotated[str, Field(min_length=1)]
    """The resources' kind, as `InferenceService`."""
    name: Annotated[str, Field(min_length=1)] | None = None
    """The resource's name; all of the kind where nothing is said."""


class JsonPatchOperation(Section):
    """One operation of RFC 6902."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    """What to do."""
    path: Pointer
    """The JSON Pointer (RFC 6901) of the place."""
    from_: Annotated[Pointer | None, Field(alias="from")] = None
    """The JSON Pointer that a move or a copy takes from."""
    value: Any = None
    """The value to add, to put in place or to test."""


class Patch(Section):
    """A change to generated resources, where a target's field has no word in the language."""

    why: Reason
    """The reason, for whoever reads the output."""
    target: PatchTarget
    """Which resources."""
    merge: dict[str, Any] | None = None
    """A merge patch: mappings merge, null deletes, and lists of named things merge by their name."""
    json_: Annotated[Items[JsonPatchOperation] | None, Field(alias="json")] = None
    """The operations of a JSON patch, in order."""


PolicyName = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
"""The section that a policy is about, a dot, and what is wrong; a stranger's begins with a name of its own."""


class Waiver(Section):
    """A policy finding that is accepted, for a reason and for a time."""

    check: PolicyName
    """The check's name, as `serving.single-zone`."""
    reason: Reason
    """Why it is accepted."""
    until: Date
    """The last day on which it is."""
