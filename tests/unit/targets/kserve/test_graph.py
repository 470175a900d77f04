"""Graphs of other pipelines' models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.kserve.served import Served, churn, lock, project, serve


def graph(section: str, more: str = "") -> str:
    return f"""\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {{name: both, owner: growth-ml}}
serving: {{graph: {section}{more}}}
"""


def combined(folder: Path, section: str, more: str = "", members: str = "{}", **kwargs: str) -> Served:
    files = {
        "specs/a.yaml": churn(members, name="a"),
        "specs/a.production.lock.yaml": lock(pipeline="a"),
        "specs/b.yaml": churn(members, name="b"),
        "specs/b.production.lock.yaml": lock(pipeline="b"),
    }
    return serve(folder, graph(section, more), name="both", more=files, **kwargs)


def steps(served: Served) -> list[dict[str, object]]:
    return list(served.get("InferenceGraph")["spec"]["nodes"]["root"]["steps"])


def test_a_switch_asks_the_first_member_whose_condition_holds_and_the_last_always(tmp_path: Path) -> None:
    served = combined(tmp_path, '{type: switch, of: [{pipeline: a, when: "score >= 0.5"}, {pipeline: b}]}')
    assert served.get("InferenceGraph")["spec"]["nodes"]["root"]["routerType"] == "Switch"
    assert steps(served) == [
        {"name": "a", "serviceName": "a", "condition": "[@this].#(score>=0.5)"},
        {"name": "b", "serviceName": "b", "condition": "@this"},
    ]


def test_a_sequence_answers_on_the_answer_before_and_ends_at_a_failure(tmp_path: Path) -> None:
    served = combined(tmp_path, "{type: sequence, of: [{pipeline: a}, {pipeline: b}]}")
    assert [step["data"] for step in steps(served)] == ["$request", "$response"]
    assert {step["dependency"] for step in steps(served)} == {"Hard"}
    assert "condition" not in steps(served)[0], "an empty one would never hold"


def test_answers_of_protocol_v1_become_requests_from_0_20_on(tmp_path: Path) -> None:
    section = "{type: sequence, of: [{pipeline: a}, {pipeline: b}]}"
    new = combined(tmp_path / "new", section, members="{protocol: v1}")
    assert [step.get("mapPredictionsToInstances") for step in steps(new)] == [None, True]


def test_a_splitter_chooses_by_whole_weights(tmp_path: Path) -> None:
    served = combined(tmp_path, "{type: splitter, of: [{pipeline: a, weight: 30%}, {pipeline: b, weight: 70%}]}")
    assert [step["weight"] for step in steps(served)] == [30, 70]


def test_an_ensemble_asks_all(tmp_path: Path) -> None:
    served = combined(tmp_path, "{type: ensemble, of: [{pipeline: a}, {pipeline: b}]}")
    assert [step["serviceName"] for step in steps(served)] == ["a", "b"]


ENSEMBLE = "{type: ensemble, of: [{pipeline: a}, {pipeline: b}]}"


def test_the_router_keeps_the_timeout_of_the_graph(tmp_path: Path) -> None:
    spec = combined(tmp_path, ENSEMBLE, ", timeout: 15s").get("InferenceGraph")["spec"]
    assert spec["timeout"] == 15
    assert spec["routerTimeouts"] == {"serverRead": 15, "serverWrite": 20, "serverIdle": 180, "serviceClient": 15}


def test_the_router_runs_as_an_account_that_members_can_name(tmp_path: Path) -> None:
    served = combined(tmp_path, ENSEMBLE)
    assert (
        served.get("InferenceGraph")["spec"]["serviceAccountName"] == served.get("ServiceAccount")["metadata"]["name"]
    )


def test_two_routers_at_the_least_where_the_environment_is_protected(tmp_path: Path) -> None:
    served = combined(tmp_path, ENSEMBLE)
    assert served.get("InferenceGraph")["spec"]["minReplicas"] == 2
    assert served.get("PodDisruptionBudget")["spec"]["selector"] == {
        "matchLabels": {"serving.kserve.io/inferencegraph": "both"}
    }


@pytest.mark.parametrize(("mode", "word"), [("standard", "Standard"), ("knative", "Knative")])
def test_the_router_runs_in_the_mode_of_its_members(tmp_path: Path, mode: str, word: str) -> None:
    served = combined(tmp_path, ENSEMBLE, members=f"{{mode: {mode}}}")
    assert served.get("InferenceGraph")["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == word


def test_a_graph_among_the_members_is_called_by_its_address(tmp_path: Path) -> None:
    inner = graph("{type: ensemble, of: [{pipeline: a}]}").replace("name: both", "name: inner")
    files = {
        "specs/a.yaml": churn(name="a"),
        "specs/a.production.lock.yaml": lock(pipeline="a"),
        "specs/inner.yaml": inner,
    }
    section = "{type: ensemble, of: [{pipeline: a}, {pipeline: inner}]}"
    served = serve(tmp_path, graph(section), name="both", more=files)
    assert steps(served)[1]["serviceUrl"] == "http://inner.ml.svc.cluster.local"
    assert "serviceName" not in steps(served)[1]


def test_a_graph_waits_for_its_members(tmp_path: Path) -> None:
    served = serve(
        tmp_path, graph(ENSEMBLE), name="both", more={"specs/a.yaml": churn(name="a"), "specs/b.yaml": churn(name="b")}
    )
    assert served.kinds == ["ServiceAccount"]
    assert {"InferenceGraph", "NetworkPolicy"} <= {deferred.kind for deferred in served.compiled.deferred}


def test_an_exposed_graph_needs_a_host_because_kserve_gives_it_no_route(tmp_path: Path) -> None:
    assert "FL4210" in combined(tmp_path / "without", ENSEMBLE, ", access: {expose: gateway}").codes
    served = combined(tmp_path / "with", ENSEMBLE, ", host: both.acme.example, access: {expose: gateway}")
    assert "FL4210" not in served.codes
    assert served.get("HTTPRoute")["spec"]["rules"][0]["backendRefs"][0]["name"] == "both"


def test_that_an_old_router_has_no_timeout_is_said(tmp_path: Path) -> None:
    files = {
        "specs/a.yaml": churn(name="a"),
        "specs/a.staging.lock.yaml": lock(pipeline="a").replace("production", "staging"),
    }
    section = "{type: ensemble, of: [{pipeline: a}]}"
    served = serve(tmp_path, graph(section), name="both", more=files, fairlead=project("0.15"), environment="staging")
    assert served.finding("FL4213").level == "warning"
    assert "routerTimeouts" not in served.get("InferenceGraph")["spec"]
