"""KServe's own webhooks and controllers take what is compiled for them, and change nothing of it.

`kserve-VERSION` (the folder kserve/) is a cluster in memory with the real webhooks, controllers and released settings.
"""

from __future__ import annotations

import copy
import functools
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.output.yaml import dump
from tests.conformance import programs, tools
from tests.conformance.matrix import CELLS, resources, settings

Json = dict[str, Any]
SERVED = ("InferenceService", "InferenceGraph", "ServingRuntime")


def kserve(platform: Json, *states: Path) -> Json:
    """What KServe answers about trees that a cluster holds in turn: findings, and what it makes of the last one."""
    program = tools.find(f"kserve-{platform['kserve']}")
    gateway, ingress = platform["gateway"], {}
    if gateway["kind"] == "gateway-api":
        # Not KServe's default; the target's README asks for it, because a canary in Standard mode is weights of routes.
        ingress = {"enableGatewayApi": True, "kserveIngressGateway": gateway["ref"]}
    config = program.parent / Path(programs.KSERVE_CONFIG).name
    command: list[str | Path] = [program, "-config", config, "-ingress", json.dumps(ingress), *states]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: Json = json.loads(done.stdout)
    return answer


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
    asked = [manifest for _, manifest in resources(cell(name)) if manifest["kind"] in SERVED]
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
    pods = [made for made in judged(name)["derived"] if made["kind"] == "Pod"]
    selected = 0
    for path, manifest in resources(cell(name)):
        if "/kserve/" not in path:
            continue
        for labels in _selectors(manifest):
            found = [pod for pod in pods if _in(manifest, pod) and labels.items() <= pod["metadata"]["labels"].items()]
            assert found, f"{path} selects {labels}, which no Pod of KServe's has"
            if manifest["kind"] == "PodMonitor":
                wanted = {endpoint["port"] for endpoint in manifest["spec"]["podMetricsEndpoints"]}
                assert all(wanted <= _ports(pod) for pod in found), f"{path} scrapes {wanted} of {map(_ports, found)}"
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
def test_a_host_leads_to_a_service_that_kserve_makes(
    name: str, judged: Callable[[str], Json], cell: Callable[[str], Path]
) -> None:
    services = {
        (made["metadata"]["namespace"], made["metadata"]["name"], port["port"])
        for made in judged(name)["derived"]
        if made["kind"] == "Service" and made["apiVersion"] == "v1"
        for port in made["spec"]["ports"]
    }
    for path, manifest in resources(cell(name)):
        if manifest["kind"] == "HTTPRoute":
            for rule in manifest["spec"]["rules"]:
                for backend in rule["backendRefs"]:
                    assert (manifest["metadata"]["namespace"], backend["name"], backend["port"]) in services, path


def _committed(cell: Callable[[str], Path], kind: str, name: str) -> Json:
    (found,) = (
        copy.deepcopy(manifest)
        for _, manifest in resources(cell("a canary in Standard mode"))
        if (manifest["kind"], manifest["metadata"]["name"], manifest["metadata"]["namespace"]) == (kind, name, "ml")
    )
    return found


def _sum(service: Json) -> None:
    service["spec"]["canary"][0]["trafficPercent"] = 101


def _word(service: Json) -> None:
    service["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] = "RawDeployment"


def _typo(service: Json) -> None:
    service["spec"]["predictor"]["minReplica"] = 1


def _unnamed(service: Json) -> None:
    del service["spec"]["predictor"]["model"]["name"]


def _runtime(service: Json) -> None:
    service["spec"]["predictor"]["model"]["runtime"] = "no-such-runtime"


def _format(service: Json) -> None:
    service["spec"]["predictor"]["model"]["modelFormat"]["name"] = "xgboost"


def _metric(service: Json) -> None:
    service["spec"]["predictor"]["scaleMetric"] = "concurrency"


def _template(service: Json) -> None:
    service["spec"]["predictor"]["model"]["env"] = [{"name": "A", "value": "{{ .No }}"}]


MISTAKES: dict[str, tuple[Callable[[Json], None], str]] = {
    "a canary with more than all": (_sum, "trafficPercent must be between 0 and 100"),
    "the mode's old word": (_word, "defaulting changes it"),
    "a field that isn't there": (_typo, "minReplica"),
    "an empty name left out": (_unnamed, '"path":"/spec/predictor/model/name"'),
    "a runtime that isn't there": (_runtime, "no-such-runtime"),
    "a format that its runtime does not know": (_format, "does not support"),
    "a metric that an autoscaler does not know": (_metric, "[concurrency] is not a supported metric"),
    "a text that is a template": (_template, "the controller fails"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_kserve_objects_to_what_is_wrong(mistake: str, cell: Callable[[str], Path], tmp_path: Path) -> None:
    spoil, said = MISTAKES[mistake]
    service = _committed(cell, "InferenceService", "tumor-classifier")
    spoil(service)
    runtime = _committed(cell, "ServingRuntime", "tumor-classifier-runtime")
    for manifest in (runtime, service):
        (tmp_path / f"{manifest['kind']}.yaml").write_text(dump(manifest), encoding="utf-8")
    findings = kserve(settings(cell("as committed")), tmp_path)["findings"]
    assert any(said in finding for finding in findings), findings


def _rename(service: Json) -> None:
    service["spec"]["predictor"]["name"] = "another"


def _mode(service: Json) -> None:
    service["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] = "Knative"
    del service["spec"]["canary"], service["spec"]["predictor"]["deploymentStrategy"]
    service["spec"]["predictor"]["scaleMetric"] = "concurrency"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(_rename, "predictor.name change requires a model change"), (_mode, "deploymentMode cannot be changed")],
)
def test_kserve_objects_to_a_change_that_it_does_not_take(
    spoil: Callable[[Json], None], said: str, cell: Callable[[str], Path], tmp_path: Path
) -> None:
    service = _committed(cell, "InferenceService", "tumor-classifier")
    runtime = _committed(cell, "ServingRuntime", "tumor-classifier-runtime")
    for state in ("before", "after"):
        (tmp_path / state).mkdir()
        for manifest in (runtime, service):
            (tmp_path / state / f"{manifest['kind']}.yaml").write_text(dump(manifest), encoding="utf-8")
        spoil(service)
    findings = kserve(settings(cell("as committed")), tmp_path / "before", tmp_path / "after")["findings"]
    assert any(said in finding for finding in findings), findings
