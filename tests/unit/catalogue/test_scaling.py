from __future__ import annotations

import pytest

from fairlead.catalogue.scaling import METRICS, Scaling, Unscalable, scale
from fairlead.spec.serving import ScaleOn


def reason(found: Scaling | Unscalable) -> str:
    assert isinstance(found, Unscalable)
    assert found.help
    return found.reason


def test_the_metrics_are_those_of_the_language() -> None:
    assert set(METRICS) == set(ScaleOn.model_fields) - {"target"}


@pytest.mark.parametrize("metric", ["cpu", "memory"])
def test_a_standard_server_follows_cpu_and_memory_without_any_help(metric: str) -> None:
    assert scale(metric, mode="standard") == Scaling("hpa", metric, to_zero=False, whole=True)


@pytest.mark.parametrize("metric", ["concurrency", "rps", "gpu", "query"])
def test_a_standard_server_follows_nothing_else_without_keda(metric: str) -> None:
    assert "needs KEDA" in reason(scale(metric, mode="standard", prometheus=True, counted=True))


@pytest.mark.parametrize("metric", ["concurrency", "rps", "gpu", "query"])
def test_keda_has_to_know_where_prometheus_is(metric: str) -> None:
    assert "where Prometheus answers" in reason(scale(metric, mode="standard", keda=True, counted=True))


@pytest.mark.parametrize("metric", ["concurrency", "rps"])
def test_requests_can_be_followed_only_where_something_counts_them(metric: str) -> None:
    assert "counts the service's requests" in reason(scale(metric, mode="standard", keda=True, prometheus=True))
    found = scale(metric, mode="standard", keda=True, prometheus=True, counted=True)
    assert found == Scaling("keda", metric, to_zero=False, whole=False)


def test_only_a_query_can_wake_a_standard_server() -> None:
    found = [scale(metric, mode="standard", keda=True, prometheus=True, counted=True) for metric in METRICS]
    assert [one.metric for one in found if isinstance(one, Scaling) and one.to_zero] == ["query"]


@pytest.mark.parametrize("metric", ["concurrency", "rps"])
def test_knative_follows_requests_down_to_none(metric: str) -> None:
    assert scale(metric, mode="knative") == Scaling("knative", metric, to_zero=True, whole=True)


@pytest.mark.parametrize("metric", ["cpu", "memory"])
def test_knative_follows_cpu_through_its_extension_and_not_to_zero(metric: str) -> None:
    found = scale(metric, mode="knative")
    assert isinstance(found, Scaling)
    assert (found.mechanism, found.to_zero) == ("knative-hpa", False)
    assert "serving-hpa" in found.needs


@pytest.mark.parametrize("metric", ["gpu", "query"])
def test_knative_cannot_ask_for_anything_else(metric: str) -> None:
    assert metric in reason(scale(metric, mode="knative", keda=True, prometheus=True, counted=True))


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(KeyError):
        scale("disk", mode="standard")
