"""How long a wave is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.apply.waiting import Patience, wait
from fairlead.apply.wanted import Wanted
from fairlead.cluster.kubectl import Kubectl
from fairlead.output.desired import ResourceRef
from fairlead.source.diagnostics import Refused
from tests.clusters import READY, Cluster

REF = ResourceRef("serving.kserve.io/v1beta1", "InferenceService", "ml", "churn")
WAVE = [Wanted(REF, "rendered/x.yaml", b"", "churn")]
FAILED = {"modelStatus": {"transitionStatus": "InvalidSpec"}}


class Clock:
    """A clock that only sleeping moves; what happens at a time happens then."""

    def __init__(self, cluster: Cluster, events: dict[float, Any]) -> None:
        self.now, self._cluster, self._events = 0.0, cluster, events
        self.said: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for at in [at for at in self._events if at <= self.now]:
            self._cluster.status["InferenceService"] = self._events.pop(at)

    def wait(self, timeout: float) -> None:
        patience = Patience(timeout, clock=lambda: self.now, sleep=self.sleep)
        wait(Kubectl(), WAVE, patience, self.said.append)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster().use(monkeypatch)
    made.put({"apiVersion": REF.api_version, "kind": REF.kind, "metadata": {"name": "churn", "namespace": "ml"}})
    made.status["InferenceService"] = {}
    return made


def test_it_is_asked_until_it_is_ready_and_what_is_waited_for_is_said_once(cluster: Cluster) -> None:
    clock = Clock(cluster, {60.0: READY})
    clock.wait(600)
    assert 60 <= clock.now < 65
    assert clock.said == [
        "waiting for InferenceService churn in ml: its controller has reported nothing yet",
    ]


def test_it_ends_when_the_time_is_over(cluster: Cluster) -> None:
    clock = Clock(cluster, {})
    with pytest.raises(Refused) as refused:
        clock.wait(120)
    assert clock.now == 120
    (found,) = refused.value.diagnostics
    assert found.code.id == "FL8215"
    assert "is not ready after 120 s" in found.message
    assert "kubectl --namespace ml describe inferenceservice churn" in found.help


def test_a_failure_that_lasts_ends_it_early(cluster: Cluster) -> None:
    cluster.status["InferenceService"] = FAILED
    clock = Clock(cluster, {})
    with pytest.raises(Refused, match="has failed: InvalidSpec"):
        clock.wait(600)
    assert 30 <= clock.now < 35


def test_a_failure_of_before_the_change_does_not(cluster: Cluster) -> None:
    cluster.status["InferenceService"] = FAILED
    clock = Clock(cluster, {20.0: {}, 45.0: READY})
    clock.wait(600)
    assert clock.now >= 45


def test_what_vanishes_is_waited_for(cluster: Cluster) -> None:
    cluster.objects.clear()
    with pytest.raises(Refused, match="it is not there any more"):
        Clock(cluster, {}).wait(9)
