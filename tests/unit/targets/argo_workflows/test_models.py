"""What is filled in place of hera's models has their fields, and hera reads and writes again what comes of it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hera.workflows import models as hera
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from fairlead.output.yaml import dump
from fairlead.resources.shapes import is_patched
from fairlead.source.nodes import plain
from fairlead.source.reader import read
from fairlead_targets import argo_workflows
from fairlead_targets.argo_workflows import models
from fairlead_targets.argo_workflows.fields import FIELDS, WRITTEN
from fairlead_targets.argo_workflows.workflow import manifest
from tests.laws.compiling import compiled, shown
from tests.laws.generate import Estate, estates

WORKFLOWS: Mapping[str, type[hera.WorkflowTemplate | hera.CronWorkflow]] = {
    "WorkflowTemplate": hera.WorkflowTemplate,
    "CronWorkflow": hera.CronWorkflow,
}


def again(written: Mapping[str, Any]) -> str:
    """A manifest as hera reads it and Fairlead writes it then."""
    return dump(manifest(WORKFLOWS[written["kind"]].model_validate(written)))


@pytest.mark.parametrize("name", FIELDS)
def test_a_model_has_the_fields_that_hera_has(name: str) -> None:
    theirs: type[BaseModel] = getattr(hera, name)
    assert list(theirs.model_fields) == FIELDS[name].split()
    ours: Any = getattr(models, name)
    for field, info in theirs.model_fields.items():
        assert ours(**{field: "value"}).model_dump() == {info.alias or field: "value"}
        assert info.default in (None, PydanticUndefined), f"{field} has a default, which nothing here writes"


def test_nothing_is_listed_that_no_model_has() -> None:
    assert WRITTEN.keys() <= {field for fields in FIELDS.values() for field in fields.split()}


def test_every_model_that_is_filled_is_there() -> None:
    folder = Path(argo_workflows.__file__).parent
    filled = {name for path in folder.glob("*.py") for name in re.findall(r"\bmodels\.([A-Z]\w+)", path.read_text())}
    assert filled - {"IntOrString", "Quantity"} == set(FIELDS)
    assert all(hasattr(models, name) for name in filled)


def test_a_field_that_hera_does_not_have_can_not_be_set() -> None:
    with pytest.raises(TypeError, match="Backoff has no field `delay`"):
        models.Backoff(delay="30s")  # type: ignore[call-arg]


def test_what_is_committed_is_what_hera_makes_of_it(repository: Path) -> None:
    found = [path for kind in WORKFLOWS for path in (repository / "rendered").rglob(f"{kind.lower()}-*.yaml")]
    assert len(found) > 10
    for path in found:
        root = read(path.name, path.read_bytes()).root
        assert root is not None
        written: Any = plain(root)
        assert again(written) == dump(written)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(estate=estates(shapes=("trained", "batch"), most=1))
def test_whatever_is_compiled_is_what_hera_makes_of_it(estate: Estate) -> None:
    with tempfile.TemporaryDirectory() as folder, shown(estate):
        for _, resource in compiled(estate.write(Path(folder))).resources():
            # Where a patch puts something is the patch's own.
            if resource.identity.kind in WORKFLOWS and not is_patched(resource):
                assert again(resource.manifest) == dump(resource.manifest)
