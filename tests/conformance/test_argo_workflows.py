"""Argo Workflows, Argo Events and Kubeflow Trainer take what is compiled for them, by their own schemas and code."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.output.yaml import dump
from fairlead.resources.crds import Definitions, Judge
from fairlead.resources.resource import Origin, Resource
from fairlead.source.places import Place
from fairlead.target import Compiled
from fairlead.trigger.start import Start, What, manifest as run_of, parameters_of, startable
from tests.conformance import tools
from tests.conformance.matrix import CELLS, manifests, settings
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
# What speaks for a version of the platform; argo/v4 says why it is 4.0 for 4.1.
VALIDATORS = {"3.7": "argo-3.7", "4.1": "argo-4"}


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The CRDs of the platforms, strictly."""
    return Judge(Definitions(tools.data("FAIRLEAD_CRDS")))


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


def argo(version: str, *paths: Path) -> tuple[list[str], int]:
    """What Argo Workflows' own validation objects to in files and folders, and of how many workflows it was asked."""
    program = tools.find(VALIDATORS[version])
    done = subprocess.run([program, *paths], capture_output=True, text=True, check=False)
    *findings, judged = done.stdout.splitlines() or pytest.fail(done.stderr)
    assert done.returncode == (1 if findings else 0), done.stderr
    return findings, int(judged.removeprefix("judged: "))


def lowered(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every resource that the target `argo-workflows` writes into a tree, with the path of its file."""
    for path, manifest in manifests(sorted(folder.glob("rendered/*/*/argo-workflows/*.yaml"))):
        yield path.name, manifest


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize("shape", ALL)
def test_argo_takes_every_workflow(shape: str, version: str, tmp_path: Path) -> None:
    fairlead = project(PLATFORM.replace("4.1", version))
    for resource in compiled(tmp_path, ALL[shape], fairlead, {"staging": lock()}).resources:
        if resource.identity.kind in ("WorkflowTemplate", "CronWorkflow", "Sensor"):
            path = tmp_path / "out" / f"{resource.identity.kind}-{resource.identity.name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(dump(resource.manifest), encoding="utf-8")
    findings, judged = argo(version, tmp_path / "out")
    assert findings == []
    assert judged >= 2


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize("shape", ["quality", "batch"])
def test_argo_takes_what_is_started_by_hand(shape: str, version: str, tmp_path: Path) -> None:
    resources = compiled(tmp_path, ALL[shape], project(PLATFORM.replace("4.1", version)), {"staging": lock()}).resources
    (tmp_path / "out").mkdir()
    for resource in resources:
        if resource.identity.kind == "WorkflowTemplate":
            (tmp_path / "out" / f"{resource.identity.name}.yaml").write_text(dump(resource.manifest), encoding="utf-8")
    started = startable(resources, "churn")
    assert {What.TRAIN, What(shape)} <= set(started)
    for what, found in started.items():
        parameters = dict.fromkeys(parameters_of(found), "by hand")
        workflow_ = run_of(Start(what, "churn", "staging", found, parameters, "0" * 40))
        # What a Sensor submits is judged as a Workflow.
        submitted = {"operation": "submit", "source": {"resource": workflow_}}
        sensor = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Sensor",
            "metadata": {"name": what.value, "namespace": found.identity.namespace},
            "spec": {"triggers": [{"template": {"name": what.value, "argoWorkflow": submitted}}]},
        }
        (tmp_path / "out" / f"sensor-{what}.yaml").write_text(dump(sensor), encoding="utf-8")
    findings, judged = argo(version, tmp_path / "out")
    assert findings == []
    assert judged == 2 * len(started) + len(started)


@pytest.mark.parametrize("name", CELLS)
def test_argo_takes_every_workflow_of_the_matrix(name: str, cell: Callable[[str], Path]) -> None:
    folder = cell(name)
    findings, judged = argo(settings(folder)["argo-workflows"], folder / "rendered")
    assert findings == []
    made = [manifest for _, manifest in lowered(folder)]
    counted = Counter(str(manifest["kind"]) for manifest in made)
    triggers = sum(len(manifest["spec"]["triggers"]) for manifest in made if manifest["kind"] == "Sensor")
    assert min(triggers, counted["CronWorkflow"], counted["WorkflowTemplate"]) > 0
    # A template is judged by itself and as what is submitted from it, a trigger as the Workflow that it submits.
    assert judged == 2 * counted["WorkflowTemplate"] + counted["CronWorkflow"] + triggers


@pytest.mark.parametrize("name", CELLS)
def test_what_the_workflows_of_the_matrix_create_fits_its_definition(
    name: str, cell: Callable[[str], Path], judge: Judge
) -> None:
    made = [
        (path, Resource(json.loads(each["resource"]["manifest"]), Origin("train", Place.start_of(path), "")))
        for path, manifest in lowered(cell(name))
        if manifest["kind"] == "WorkflowTemplate"
        for each in manifest["spec"]["templates"]
        if each.get("resource", {}).get("manifest")
    ]
    assert {str(job.manifest["kind"]) for _, job in made} == {"TrainJob"}
    assert [f"{path}: {found.message}" for path, job in made for found in judge.judge(job)] == []


# A text of what is compiled, what stands there instead, and what Argo Workflows says then.
MISTAKES = {
    "a task that isn't there": ("tasks.split.outputs", "tasks.splat.outputs", "splat"),
    "a field that isn't there": ("entrypoint:", "entrypint:", "entrypint"),
    "a template that isn't there": ("    name: churn-train\n", "    name: churn-trian\n", "churn-trian"),
    "no such schedule": ("- 0 4 * * 1\n", "- 0 4 * * 8\n", "schedule"),
    "an argument that a template does not have": ("name: trigger", "name: triger", "trigger"),
}


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_argo_refuses_what_is_wrong(mistake: str, version: str, tmp_path: Path) -> None:
    before, after, said = MISTAKES[mistake]
    spec = churn(more=DRIFT)
    texts = [dump(item.manifest) for item in compiled(tmp_path, spec).resources]
    wrong = next(position for position, text in enumerate(texts) if before in text)
    for position, text in enumerate(texts):
        path = tmp_path / f"{position}.yaml"
        path.write_text(text.replace(before, after) if position == wrong else text, encoding="utf-8")
    findings, _ = argo(version, tmp_path)
    assert any(said in finding for finding in findings), findings


def test_four_refuses_what_it_has_removed_and_three_takes_it(tmp_path: Path) -> None:
    (template,) = [
        item.manifest for item in compiled(tmp_path, churn()).resources if item.identity.kind == "WorkflowTemplate"
    ]
    removed = {"synchronization": {"mutex": {"name": "churn"}}}
    path = tmp_path / "old.yaml"
    path.write_text(dump({**template, "spec": {**template["spec"], **removed}}), encoding="utf-8")
    assert argo("3.7", path)[0] == []
    assert 'unknown field "mutex"' in "".join(argo("4.1", path)[0])
