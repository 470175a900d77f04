"""The order in which resources are applied."""

from __future__ import annotations

from fairlead.apply import waves
from fairlead.apply.wanted import Wanted
from fairlead.output.desired import ResourceRef
from fairlead_targets.argo_cd import waves as argo_cd


def wanted(kind: str, name: str = "churn") -> Wanted:
    return Wanted(ResourceRef("v1", kind, "ml", name), f"{kind}-{name}.yaml", b"", "churn")


def test_the_waves_are_those_of_argo_cd() -> None:
    assert waves.WAVES == argo_cd.WAVES


def test_traffic_comes_last_and_schedules_do_not_wait_for_servers() -> None:
    kinds = ("HTTPRoute", "InferenceService", "CronWorkflow", "PrometheusRule", "Secret", "ServiceAccount")
    found = [[each.ref.kind for each in wave] for wave in waves.waves(map(wanted, kinds))]
    assert found == [
        ["ServiceAccount", "Secret"],
        ["CronWorkflow", "PrometheusRule"],
        ["InferenceService"],
        ["HTTPRoute"],
    ]


def test_no_wave_is_empty() -> None:
    assert waves.waves([]) == []
    assert len(waves.waves([wanted("HTTPRoute"), wanted("Secret")])) == 2
