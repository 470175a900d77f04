"""What every step of the user's own can say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from fairlead.spec.base import Command, Count, Parameter, Section
from fairlead.spec.units import Duration, EnvName, Identifier, ImageRef, Name, SecretRef

InputMode = Literal["copy", "reference"]


def _names_to_copies(value: object) -> object:
    """`[a, b]` is short for `{a: copy, b: copy}`."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return dict.fromkeys(value, "copy")
    return value


Inputs = Annotated[
    dict[Name, InputMode],
    BeforeValidator(_names_to_copies, json_schema_input_type=list[str] | dict[str, InputMode]),
]
"""Datasets that a step reads: a list of names, or names with `copy` or `reference` (the URI instead of a copy)."""


class Step(Section):
    """A command in an image, under the step contract."""

    command: Command
    """The argument vector; no shell reads it, so nothing in it is expanded."""
    inputs: Inputs = Field(default_factory=dict)
    """The datasets that the step reads; `{name: reference}` hands over the URI instead of a copy."""
    image: ImageRef | None = None
    """The image that the step runs in, where it is not that of `model.code`."""
    parameters: dict[Identifier, Parameter] = Field(default_factory=dict)
    """Values for the step: in FAIRLEAD_PARAM_<NAME>, and all of them as JSON in the file FAIRLEAD_PARAMS."""
    env: dict[EnvName, str] = Field(default_factory=dict)
    """Environment variables; values are text."""
    secrets: dict[EnvName, SecretRef] = Field(default_factory=dict)
    """Environment variables that come from Kubernetes Secrets, as `NAME: secret/key`; never a value."""
    timeout: Duration = Duration.parse("2h")
    """How long one attempt may take."""
    retries: Annotated[Count, Field(le=10)] = 2
    """How often a failure of the infrastructure is tried again. The user's own exit codes are final."""
    cache: bool = True
    """Whether a step whose code, image, parameters and input digests are unchanged is answered from the cache."""
    service_account: Name | None = None
    """A ServiceAccount of the platform's, for a step that needs cloud rights of its own."""
