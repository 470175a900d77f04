"""Argo Workflows, Argo Events and Kubeflow Trainer take what is compiled for them, by their own schemas and code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead.output.yaml import dump
from fairlead.resources.crds import Definitions, Judge
from fairlead.resources.resource import Origin, Resource
from fairlead.source.places import Place
from fairlead.target import Compiled
from tests.conformance import tools
from tests.golden.test_argo_workflows import DRIFT, SHAPES
from tests.unit.targets.argo_workflows.trained import (
    PLATFORM,
    churn,
    compiled,
    compiled_shared,
    lock,
    project,
    template,
    workflow,
)

ALL = {
    **SHAPES,
    "braces": churn('command: [train, "{{workflow.uid}}"], env: {A: "{{inputs.parameters.b}}"}, parameters: {c: "{{"}'),
    "quality": churn(
        more="serving: {payloads: {log: all, to: s3://acme-ml-payloads/churn/}}\n"
        "monitoring: {quality: {labels: {uri: s3://acme-ml/outcomes/}, expect: [recall >= 0.8]}}"
    ),
    "batch": churn(more='serving: {batch: {schedule: "30 2 * * *", input: s3://acme/in/, output: s3://acme/out/}}'),
    "new-data": churn(more=DRIFT.replace("[drift]", "[drift, new-data]")),
    "many-features": churn(more=DRIFT).replace(
        "      columns:\n",
        "      columns:\n" + "".join(f"        f{number}: {{type: float}}\n" for number in range(250)),
        1,
    ),
}


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The CRDs of the platforms, strictly."""
    return Judge(Definitions(tools.data("FAIRLEAD_CRDS")))


@pytest.fixture
def argo() -> Path:
    """A program around Argo Workflows' own validation, which is a library of a few hundred modules."""
    return tools.find("argo")


def made(folder: Path, spec: str) -> Iterator[Compiled]:
    """What the target makes of a specification, and of what pipelines share."""
    yield compiled(folder / "own", spec, locks={"staging": lock()})
    yield compiled_shared(folder / "shared", spec)


@pytest.mark.parametrize("shape", ALL)
def test_every_custom_resource_fits_its_definition(shape: str, tmp_path: Path, judge: Judge) -> None:
    findings = [
        found.message
        for output in made(tmp_path, ALL[shape])
        for resource in output.resources
        for found in judge.judge(resource)
    ]
    assert findings == []


def test_the_job_that_argo_creates_fits_its_definition(tmp_path: Path, judge: Judge) -> None:
    output = compiled(tmp_path, SHAPES["on-several-nodes"], locks={"staging": lock()})
    manifest = json.loads(template(workflow(output), "train")["resource"]["manifest"])
    origin = Origin("train", Place.start_of("specs/churn.yaml"), "")
    assert [found.message for found in judge.judge(Resource(manifest, origin))] == []


@pytest.mark.parametrize("version", ["3.7", "4.1"])
@pytest.mark.parametrize("shape", ALL)
def test_argo_takes_every_workflow(shape: str, version: str, tmp_path: Path, argo: Path) -> None:
    fairlead = project(PLATFORM.replace("4.1", version))
    paths = []
    for resource in compiled(tmp_path, ALL[shape], fairlead, {"staging": lock()}).resources:
        if resource.identity.kind in ("WorkflowTemplate", "CronWorkflow"):
            path = tmp_path / f"{resource.identity.kind}-{resource.identity.name}.yaml"
            path.write_text(dump(resource.manifest), encoding="utf-8")
            paths.append(path)
    done = subprocess.run([argo, *paths], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_argo_refuses_what_is_wrong(tmp_path: Path, argo: Path) -> None:
    manifest = compiled(tmp_path, churn()).resources
    (template,) = [item.manifest for item in manifest if item.identity.kind == "WorkflowTemplate"]
    path = tmp_path / "wrong.yaml"
    path.write_text(dump(template).replace("tasks.split.outputs", "tasks.splat.outputs"), encoding="utf-8")
    done = subprocess.run([argo, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "splat" in done.stdout
