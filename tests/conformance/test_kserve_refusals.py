"""KServe's webhooks and controllers object to what is wrong, so that their silence elsewhere says something."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.output.yaml import dump
from tests.conformance.kserve_cluster import Json, kserve, served
from tests.conformance.matrix import settings


def _committed(cell: Callable[[str], Path], kind: str, name: str) -> Json:
    (found,) = (
        copy.deepcopy(manifest)
        for _, manifest in served(cell("a canary in Standard mode"))
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


def _no_model(service: Json) -> None:
    del service["spec"]["predictor"]["model"]["storageUri"]


MISTAKES: dict[str, tuple[Callable[[Json], None], str]] = {
    "a canary with more than all": (_sum, "trafficPercent must be between 0 and 100"),
    "the mode's old word": (_word, "defaulting changes it"),
    "a field that isn't there": (_typo, "minReplica"),
    "an empty name left out": (_unnamed, '"path":"/spec/predictor/model/name"'),
    "a runtime that isn't there": (_runtime, "no-such-runtime"),
    "a format that its runtime does not know": (_format, "does not support"),
    "a metric that an autoscaler does not know": (_metric, "[concurrency] is not a supported metric"),
    "nothing to load": (_no_model, "it becomes a server of many models"),
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
        if state == "after":
            spoil(service)
        (tmp_path / state).mkdir()
        for manifest in (runtime, service):
            (tmp_path / state / f"{manifest['kind']}.yaml").write_text(dump(manifest), encoding="utf-8")
    findings = kserve(settings(cell("as committed")), tmp_path / "before", tmp_path / "after")["findings"]
    assert any(said in finding for finding in findings), findings
