"""Canaries: who gets which name, how many replicas, and that promoting restarts nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fairlead.resources import conventions
from fairlead_targets.kserve.rollout import capacity
from tests.unit.targets.kserve.served import Served, churn, lock, project, serve, version

SPEC = churn("""
  replicas: {min: 2, max: 10}
  scale_on: {cpu: 70%}
  access: {expose: gateway}
  rollout: {canary: [10%, 50%]}""")
KNATIVE = churn("{mode: knative, replicas: {min: 1, max: 4}, scale_on: {concurrency: 8}, rollout: {canary: [10%]}}")


def under_way(number: int = 8, weight: str = "10%") -> str:
    return f"{{canary: {version(number)}, weight: {weight}}}"


def canary(served: Served) -> dict[str, Any]:
    (found,) = served.get("InferenceService")["spec"]["canary"]
    return dict(found)


def test_each_version_has_replicas_for_its_share_of_the_peak(tmp_path: Path) -> None:
    # 10 replicas carry the peak: ceil(10 * 0.1) = 1 for the canary, ceil(10 * 0.9) = 9 for the stable version, and
    # KServe takes the canary's 1 off the 10 that are written.
    served = serve(tmp_path, SPEC, lock(rollout=under_way()))
    assert canary(served)["trafficPercent"] == 10
    assert canary(served)["predictor"]["minReplicas"] == 1
    assert (served.predictor["minReplicas"], served.predictor["maxReplicas"]) == (10, 10)


def test_at_half_of_the_traffic_both_have_half_of_the_peak(tmp_path: Path) -> None:
    served = serve(tmp_path, SPEC, lock(rollout=under_way(weight="50%")))
    assert canary(served)["predictor"]["minReplicas"] == 5
    assert served.predictor["minReplicas"] - 5 == 5


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 99))
def test_no_share_is_ever_short_and_the_webhook_takes_the_numbers(most: int, extra: int, percent: int) -> None:
    least = max(0, most - extra)
    weight = Decimal(percent) / 100
    found = capacity(least, most, weight)
    assert found.canary >= most * weight
    assert found.stable >= most * (1 - weight)
    assert found.stable >= least
    assert max(1, found.written - found.canary) == found.stable, "what KServe makes of the written minimum"
    assert found.canary <= found.written <= found.most
    assert found.canary + found.stable <= max(most, least + most) + 1, "and no more than rounding up costs"


def test_a_canary_has_none_of_the_fields_that_the_webhook_refuses(tmp_path: Path) -> None:
    predictor = canary(serve(tmp_path, SPEC, lock(rollout=under_way())))["predictor"]
    assert {"maxReplicas", "scaleMetric", "scaleTarget", "autoScaling"}.isdisjoint(predictor)


def test_promoting_gives_the_stable_predictor_the_canarys_name_and_template(tmp_path: Path) -> None:
    before = serve(tmp_path / "before", SPEC, lock(rollout=under_way()))
    after = serve(tmp_path / "after", SPEC, lock(version(8), previous=version(7)))
    tried = canary(before)["predictor"]
    kept = {key: after.predictor[key] for key in ("name", "labels", "annotations", "model")}
    assert kept == {key: tried[key] for key in kept}
    assert before.get("ServingRuntime") == after.get("ServingRuntime")
    assert "canary" not in after.get("InferenceService")["spec"]
    template = ("securityContext", "serviceAccountName", "terminationGracePeriodSeconds", "topologySpreadConstraints")
    assert all(before.predictor[key] == after.predictor[key] for key in template)


def test_ending_a_rollout_leaves_the_stable_version_as_it_was(tmp_path: Path) -> None:
    before = serve(tmp_path / "before", SPEC, lock())
    ended = serve(tmp_path / "ended", SPEC, lock())
    assert before.get("InferenceService") == ended.get("InferenceService")
    assert before.predictor["name"] == "v7"


def test_a_rollback_keeps_the_deployment_so_that_somebody_answers(tmp_path: Path) -> None:
    back = serve(tmp_path, SPEC, lock(version(7), previous=version(8)))
    assert back.predictor["name"] == "v8"
    assert back.predictor["labels"]["fairlead.dev/version"] == "7"


def test_a_version_that_is_tried_again_after_a_rollback_has_a_name_of_its_own(tmp_path: Path) -> None:
    again = serve(tmp_path, SPEC, lock(version(7), previous=version(8), rollout=under_way(8)))
    name = canary(again)["predictor"]["name"]
    assert name != again.predictor["name"] == "v8"
    assert name.startswith("v8-")


def test_a_version_with_the_same_bytes_keeps_the_name_because_kserve_refuses_another(tmp_path: Path) -> None:
    same = serve(tmp_path, SPEC, lock(version(8, "07"), previous=version(7)))
    assert same.predictor["name"] == "v7"


def test_without_canaries_the_deployment_keeps_one_name_for_ever(tmp_path: Path) -> None:
    served = serve(tmp_path, churn("{rollout: {canary: []}}"), lock(version(8), previous=version(7)))
    assert "name" not in served.predictor


def test_the_longest_names_fit_the_label_that_kserve_puts_on_pods() -> None:
    service = conventions.service("a" * 63)
    assert len(f"isvc.{service}-v99999-abcd-predictor") <= 63


def test_in_knative_mode_the_new_revision_gets_the_share_and_the_cluster_keeps_the_old_one(tmp_path: Path) -> None:
    served = serve(tmp_path, KNATIVE, lock(rollout=under_way()))
    assert served.predictor["canaryTrafficPercent"] == 10
    assert f"sha256-{'08' * 32}" in served.predictor["model"]["storageUri"]
    assert served.predictor["labels"]["fairlead.dev/version"] == "8"
    assert (served.predictor["minReplicas"], served.predictor["maxReplicas"]) == (1, 4)
    assert "canary" not in served.get("InferenceService")["spec"]


def test_a_finished_rollout_in_knative_mode_changes_no_revision(tmp_path: Path) -> None:
    during = serve(tmp_path / "during", KNATIVE, lock(rollout=under_way())).predictor
    after = serve(tmp_path / "after", KNATIVE, lock(version(8), previous=version(7))).predictor
    assert {key: value for key, value in during.items() if key != "canaryTrafficPercent"} == after


def test_a_rollout_that_is_under_way_says_what_the_tagged_release_cannot_do(tmp_path: Path) -> None:
    found = serve(tmp_path / "under-way", SPEC, lock(rollout=under_way())).finding("FL4217")
    assert found.level == "note"
    assert found.place.file.endswith("churn.production.lock.yaml")
    assert "none of the 10%" in found.message
    assert serve(tmp_path / "none", SPEC, lock()).codes == []
    assert "FL4217" not in serve(tmp_path / "knative", KNATIVE, lock(rollout=under_way())).codes


def test_a_canary_in_standard_mode_is_refused_before_0_20_with_its_place(tmp_path: Path) -> None:
    served = serve(tmp_path, SPEC, lock(rollout=under_way()), fairlead=project("0.15"), environment="staging")
    found = served.finding("FL4201")
    assert "canary: [10%, 50%]" in SPEC.splitlines()[found.place.line - 1]
    assert "0.15" in found.message
    assert "canary" not in served.get("InferenceService")["spec"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("scale_on: {cpu: 70%}", "scale_on: {gpu: 60%}"), "FL4202"),
        (("rollout:", "host: churn.acme.example\n  rollout:"), "FL4203"),
    ],
)
def test_what_a_canary_cannot_be_combined_with(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    assert serve(tmp_path / "plain", SPEC, lock()).codes == []
    assert code in serve(tmp_path / "changed", SPEC.replace(*change), lock()).codes
    without = SPEC.replace(*change).replace("[10%, 50%]", "[]")
    assert code not in serve(tmp_path / "without", without, lock()).codes
