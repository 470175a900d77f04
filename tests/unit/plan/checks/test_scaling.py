from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.scaling import BAD_RANGE, BAD_TARGET, FIXED_NUMBER, NO_ZERO, ONE_METRIC, UNSCALABLE
from fairlead.source.diagnostics import Severity
from tests.unit.plan.specs import FAIRLEAD, SCREEN, TUMOR, edit, examine

SCALE_ON = "scale_on: {cpu: 70%}"


def knative(scale_on: str) -> str:
    return edit(TUMOR, ("mode: standard", "mode: knative"), (SCALE_ON, f"scale_on: {scale_on}"))


@pytest.mark.parametrize(
    ("scale_on", "at", "said"),
    [
        ("{cpu: 70%, rps: 100}", "scale_on", "names 2 things: cpu, rps"),
        ("{}", "scale_on", "names nothing to follow"),
        ("{target: 20}", "scale_on", "names nothing to follow"),
        ("{query: 'sum(queue)'}", "query", "comes with a `target`"),
        ("{cpu: 70%, target: 20}", "target", "belongs to a query"),
    ],
)
def test_replicas_follow_exactly_one_thing(tmp_path: Path, scale_on: str, at: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, (SCALE_ON, f"scale_on: {scale_on}")))
    assert found.places(ONE_METRIC) == [found.where(at, f"scale_on: {scale_on}")]
    assert said in found.one(ONE_METRIC).message
    assert found.codes == [ONE_METRIC.id]


@pytest.mark.parametrize(
    "scale_on", ["{query: 'sum(queue)', target: 20}", "{rps: 2.5}", "{concurrency: 4}", "{memory: 60%}"]
)
def test_keda_follows_whatever_prometheus_knows(tmp_path: Path, scale_on: str) -> None:
    assert examine(tmp_path, edit(TUMOR, (SCALE_ON, f"scale_on: {scale_on}"))).codes == []


def test_without_keda_only_cpu_and_memory_are_followed(tmp_path: Path) -> None:
    fairlead = edit(FAIRLEAD, ('  keda: "2.20"\n', ""))
    found = examine(tmp_path, edit(TUMOR, (SCALE_ON, "scale_on: {rps: 100}")), fairlead=fairlead)
    assert found.places(UNSCALABLE) == [found.where("rps")]
    assert "needs KEDA" in found.one(UNSCALABLE).message
    assert examine(tmp_path, TUMOR, fairlead=fairlead).codes == []


def test_requests_that_nothing_counts_are_not_followed(tmp_path: Path) -> None:
    inside = edit(SCREEN, ("serving: {}", "serving: {replicas: {max: 4}, scale_on: {concurrency: 4}}"))
    found = examine(tmp_path, inside)
    assert found.places(UNSCALABLE) == [found.where("concurrency")]
    assert "nothing on this platform counts" in found.one(UNSCALABLE).message


def test_knative_follows_no_gpu(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(knative("{gpu: 60%}"), ("serving: cpu-serving", "serving: gpu-l4")))
    assert found.places(UNSCALABLE) == [found.where("gpu", "{gpu: 60%}")]


def test_the_least_is_no_more_than_the_most(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("{min: 2, max: 10}", "{min: 11, max: 10}")))
    assert found.places(BAD_RANGE) == [found.where("11")]
    assert found.codes == [BAD_RANGE.id]


@pytest.mark.parametrize("scale_on", ["cpu: 70%", "rps: 100"])
def test_standard_mode_does_not_wake_from_zero(tmp_path: Path, scale_on: str) -> None:
    found = examine(tmp_path, edit(TUMOR, ("min: 2", "min: 0"), ("cpu: 70%", scale_on)))
    assert found.places(NO_ZERO) == [found.where("0", "min: 0,")]
    assert found.codes == [NO_ZERO.id]


def test_nothing_to_follow_wakes_nothing(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(SCREEN, ("serving: {}", "serving: {replicas: {min: 0}}")))
    assert found.places(NO_ZERO) == [found.where("0", "min: 0}")]


@pytest.mark.parametrize(
    "spec", [knative("{concurrency: 4}"), edit(TUMOR, (SCALE_ON, "scale_on: {query: q, target: 2}"))]
)
def test_knative_and_a_query_wake_from_zero(tmp_path: Path, spec: str) -> None:
    assert examine(tmp_path, edit(spec, ("min: 2", "min: 0"))).codes == []


@pytest.mark.parametrize(
    ("scale_on", "value", "nearest"), [("{concurrency: 2.5}", "2.5", "2"), ("{cpu: 70.5%}", "70.5%", "70%")]
)
def test_kserve_takes_whole_targets(tmp_path: Path, scale_on: str, value: str, nearest: str) -> None:
    found = examine(tmp_path, knative(scale_on))
    assert found.places(BAD_TARGET) == [found.where(value)]
    assert found.one(BAD_TARGET).nearest == nearest


def test_a_target_of_nothing_asks_for_replicas_without_end(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("cpu: 70%", "cpu: 0%")))
    assert found.places(BAD_TARGET) == [found.where("0%", "{cpu: 0%}")]


def test_a_fixed_number_follows_nothing(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, ("{min: 2, max: 10}", "{min: 2, max: 2}")))
    assert found.places(FIXED_NUMBER) == [found.where("scale_on")]
    assert found.one(FIXED_NUMBER).level is Severity.WARNING
    assert examine(tmp_path, edit(TUMOR, ("{min: 2, max: 10}", "{min: 2, max: 3}"))).codes == []


def test_a_target_beyond_all_precision_is_whole(tmp_path: Path) -> None:
    assert examine(tmp_path, knative("{concurrency: 1.7e+308}")).places(BAD_TARGET) == []
