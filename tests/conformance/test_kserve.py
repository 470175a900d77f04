"""KServe's own webhooks and controllers take what is compiled for them, and change nothing of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.kserve_cluster import Json, kserve, served
from tests.conformance.matrix import CELLS, settings

QUEUE_PROXY = {"http-autometric", "http-usermetric"}
"""The ports with metrics of the container that Knative, and not KServe, adds to its Pods."""
SERVED = ("InferenceService", "InferenceGraph", "ServingRuntime")


@pytest.fixture(scope="module")
def judged(cell: Callable[[str], Path]) -> Callable[[str], Json]:
    """`judged("as committed")` is what the KServe of that cell's platform says about the cell."""

    @functools.cache
    def answer(name: str) -> Json:
        folder = cell(name)
        return kserve(settings(folder), folder / "rendered")

    return answer


@pytest.mark.parametrize("name", CELLS)
def test_kserve_takes_everything_and_changes_nothing(
    name: str, judged: Callable[[str], Json], cell: Callable[[str], Path]
) -> None:
    assert judged(name)["findings"] == []
    asked = [manifest for _, manifest in served(cell(name)) if manifest["kind"] in SERVED]
    assert judged(name)["judged"] == len(asked) > 0


STATES = {
    "from nothing to a rollout that is over": (
        "nothing locked yet",
        "production before its first version",
        "as committed",
        "a canary in Standard mode",
        "a canary at half",
        "rollouts that are over",
    ),
    "a rollout that is given up": ("as committed", "a canary in Standard mode", "as committed"),
    "a version that is rolled back": ("rollouts that are over", "as committed"),
}


@pytest.mark.parametrize("change", STATES)
def test_kserve_takes_every_change_of_a_life(change: str, cell: Callable[[str], Path]) -> None:
    folders = [cell(name) for name in STATES[change]]
    assert kserve(settings(folders[0]), *(folder / "rendered" for folder in folders))["findings"] == []


def test_promoting_a_canary_restarts_nothing(cell: Callable[[str], Path]) -> None:
    names = ("as committed", "a canary at half", "rollouts that are over")
    during, after = (
        _templates(kserve(settings(cell(names[0])), *(cell(name) / "rendered" for name in names[:count])))
        for count in (2, 3)
    )
    (name,) = (name for name in during if name.startswith("tumor-classifier-v15"))
    assert after[name] == during[name]


def _templates(answer: Json) -> dict[str, Any]:
    """The Pod's template of every Deployment in production."""
    return {
        made["metadata"]["name"]: made["spec"]["template"]
        for made in answer["derived"]
        if made["kind"] == "Deployment" and made["metadata"]["namespace"] == "ml"
    }


@pytest.mark.parametrize("name", CELLS)
def test_what_selects_servers_finds_the_pods_that_kserve_makes(
    name: str, judged: Callable[[str], Json], cell: Callable[[str], Path]
) -> None:
    derived = judged(name)["derived"]
    pods = [made for made in derived if made["kind"] == "Pod"]
    knative = {made["metadata"]["name"] for made in derived if made["apiVersion"] == "serving.knative.dev/v1"}
    selected = 0
    for path, manifest in served(cell(name)):
        for labels in _selectors(manifest):
            found = [pod for pod in pods if _in(manifest, pod) and labels.items() <= pod["metadata"]["labels"].items()]
            assert found, f"{path} selects {labels}, which no Pod of KServe's has"
            if manifest["kind"] == "PodMonitor":
                wanted = {endpoint["port"] for endpoint in manifest["spec"]["podMetricsEndpoints"]}
                for pod in found:
                    there = _ports(pod) | (QUEUE_PROXY if pod["metadata"]["name"] in knative else set())
                    assert wanted <= there, f"{path} scrapes {wanted} of {there}"
            selected += 1
    assert selected > 0


def _selectors(manifest: Json) -> Iterator[dict[str, str]]:
    spec = manifest.get("spec", {})
    for key in ("selector", "podSelector"):
        if "matchLabels" in spec.get(key, {}):
            yield spec[key]["matchLabels"]


def _in(manifest: Json, pod: Json) -> bool:
    return bool(manifest["metadata"]["namespace"] == pod["metadata"]["namespace"])


def _ports(pod: Json) -> set[str]:
    return {port["name"] for each in pod["spec"]["containers"] for port in each.get("ports", ()) if "name" in port}


@pytest.mark.parametrize("name", CELLS)
def test_no_pod_that_kserve_makes_has_a_name_or_a_place_twice(name: str, judged: Callable[[str], Json]) -> None:
    for pod in (made for made in judged(name)["derived"] if made["kind"] == "Pod"):
        spec = pod["spec"]
        containers = [*spec["containers"], *spec.get("initContainers", ())]
        volumes = [volume["name"] for volume in spec.get("volumes", ())]
        named = [[each["name"] for each in containers], volumes]
        for each in containers:
            mounts = each.get("volumeMounts", ())
            assert {mount["name"] for mount in mounts} <= {*volumes}, (pod["metadata"]["name"], each["name"])
            named += [[mount["mountPath"] for mount in mounts], [variable["name"] for variable in each.get("env", ())]]
        for names in named:
            assert len(names) == len(set(names)), (pod["metadata"]["name"], names)


@pytest.mark.parametrize("name", CELLS)
def test_a_host_leads_to_a_service_that_kserve_makes(
    name: str, judged: Callable[[str], Json], cell: Callable[[str], Path]
) -> None:
    services = {
        (made["metadata"]["namespace"], made["metadata"]["name"], port["port"])
        for made in judged(name)["derived"]
        if made["kind"] == "Service" and made["apiVersion"] == "v1"
        for port in made["spec"].get("ports", ())
    }
    for path, manifest in served(cell(name)):
        if manifest["kind"] == "HTTPRoute":
            for rule in manifest["spec"]["rules"]:
                for backend in rule["backendRefs"]:
                    assert (manifest["metadata"]["namespace"], backend["name"], backend["port"]) in services, path
