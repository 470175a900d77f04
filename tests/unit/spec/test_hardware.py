from __future__ import annotations

import pytest
from pydantic import ValidationError

from fairlead.resources.pods import tolerations
from fairlead.spec.hardware import Profile


@pytest.mark.parametrize("value", ["a b", "{{workflow.uid}}", "$(id)", "-a", "x" * 64, "é"])
def test_a_toleration_has_a_value_that_a_taint_can_have(value: str) -> None:
    # The API server refuses the Pod of any other, long after the manifest was applied.
    with pytest.raises(ValidationError, match="value of a label"):
        Profile.model_validate({"tolerations": [{"key": "pool", "value": value}]})


def test_a_toleration_of_one_value_is_held_to_it() -> None:
    profile = Profile.model_validate({"tolerations": ["gpu", {"key": "pool", "value": "no", "effect": "NoExecute"}]})
    assert tolerations(profile) == [
        {"key": "gpu", "operator": "Exists"},
        {"key": "pool", "operator": "Equal", "value": "no", "effect": "NoExecute"},
    ]
