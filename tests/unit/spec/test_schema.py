"""The JSON Schemas are complete, or there is none."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticSerializationError

from fairlead.spec.pipeline import Pipeline
from fairlead.spec.schema import json_schema


def test_an_interrupt_in_the_middle_makes_no_schema_that_lacks_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pydantic makes this error of an interrupt, and would go on without the default that it was at."""

    def interrupted(self: GenerateJsonSchema, value: Any) -> Any:
        raise PydanticSerializationError("KeyboardInterrupt")

    monkeypatch.setattr(GenerateJsonSchema, "encode_default", interrupted)
    with pytest.raises(KeyboardInterrupt):
        json_schema(Pipeline, "pipeline")
