"""The unit tests that are written beside the rules: their series, and the arithmetic of what must fire."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from fairlead.spec.units import Duration, Percentage
from fairlead_targets.prometheus.cases.case import growing, steady, steps, stride
from fairlead_targets.prometheus.cases.samples import Unsampled, but_not, described, example, labels_for
from fairlead_targets.prometheus.rules import Found, Message
from fairlead_targets.prometheus.slo.burns import burns
from fairlead_targets.prometheus.slo.scenarios import scenarios
from fairlead_targets.prometheus.slo.traffic import Stretch, Traffic
from tests.unit.targets.prometheus.watched import DRIFT, QUALITY, SLOS, churn, watch

HOUR = Duration.of(hours=1)


@pytest.mark.parametrize(
    "pattern",
    [
        "5..",
        "/v2/models/.+/(infer|infer_stream|generate)",
        "churn(-v[0-9]+(-[0-9a-f]+)?)?-predictor",
        "churn-v7(-[0-9a-f]+)?-predictor",
        "httproute/ml/churn((-v[0-9]+(-[0-9a-f]+)?)?-predictor)?/rule/[0-9]+",
        "1000|1000[.]0",
        r"a\.b{3}",
        "(a|b)*c",
        "",
    ],
)
def test_an_example_matches_its_pattern(pattern: str) -> None:
    assert re.fullmatch(pattern, example(pattern))


@pytest.mark.parametrize("pattern", ["a^b", "(?!a).", "a)"])
def test_a_pattern_that_is_not_understood_is_not_guessed(pattern: str) -> None:
    with pytest.raises(Unsampled):
        example(pattern)


def test_labels_satisfy_all_matchers() -> None:
    matchers = (("handler", "=~", "/v1/.+"), ("handler", "!~", "/v1/models.*"), ("pod", "!=", "x"), ("ns", "=", "ml"))
    assert labels_for(matchers) == {"handler": "/v1/0", "ns": "ml"}
    with pytest.raises(Unsampled):
        labels_for([("a", "=", "x"), ("a", "!=", "x")])


@pytest.mark.parametrize(
    ("failed", "answered"),
    [(("code", "=~", "5.."), "200"), (("class", "=", "5xx"), "2xx"), (("class", "=", "5"), "2")],
)
def test_a_request_that_was_answered_has_another_status(failed: tuple[str, str, str], answered: str) -> None:
    assert but_not(labels_for([failed]), [failed]) == {failed[0]: answered}


def test_a_series_is_quoted_and_its_labels_sorted() -> None:
    assert described("m", {"b": 'x"', "a": "1"}) == 'm{a="1",b="x\\""}'


def expanded(notation: str) -> list[Decimal]:
    """promtool's notation as it expands it."""
    values: list[Decimal] = []
    for part in notation.split():
        found = re.fullmatch(r"([0-9.]+)\+([0-9.]+)x([0-9]+)", part)
        assert found
        start, step = Decimal(found[1]), Decimal(found[2])
        values += [start + step * position for position in range(int(found[3]) + 1)]
    return values


def test_a_counter_has_one_sample_for_each_step_and_one_at_the_start() -> None:
    values = expanded(growing([(Decimal(60), 3), (Decimal(0), 2), (Decimal("0.5"), 2)]))
    assert values == [0, 60, 120, 180, 180, 180, Decimal("180.5"), 181]


def test_a_gauge_lasts_as_long_as_the_case() -> None:
    assert len(expanded(steady(3, HOUR))) == 61
    assert steps(Duration.parse("90s")) == 2
    assert stride(Duration.parse("7d")) == Duration.parse("14h")
    assert stride(Duration.parse("10m")) == Duration.parse("1m")


def test_shares_are_of_the_requests_within_a_window() -> None:
    traffic = Traffic((Stretch(60, Decimal(100)), Stretch(30, Decimal(50), Decimal(25))))
    assert traffic.share(Duration.parse("30m")) == Decimal("0.5")
    assert traffic.share(HOUR) == Decimal(25 * 30) / Decimal(50 * 30 + 100 * 30)
    assert traffic.share(Duration.parse("1d")) == Decimal(750) / Decimal(7500)
    assert traffic.less(30).share(Duration.parse("1d")) == 0


def test_an_alert_fires_only_after_its_condition_has_held() -> None:
    pages = [burn for burn in burns(Percentage.parse("99.9%"), Duration.parse("30d")) if burn.pair.severity == "page"]
    failing = Stretch(10, Decimal(100), Decimal(100))
    assert Traffic((failing,)).firing(pages, 5, Duration.parse("2m")) == 1
    assert Traffic((failing,)).firing(pages, 5, Duration.parse("15m")) is None
    assert Traffic((failing,)).firing(pages, 10_000, Duration.parse("2m")) is None


def test_every_pair_of_windows_has_a_scenario_on_either_side() -> None:
    pairs = burns(Percentage.parse("99.9%"), Duration.parse("30d"))
    fires = {scenario.name: [severity for severity, _ in scenario.firing] for scenario in scenarios(pairs, 5, HOUR * 0)}
    assert fires == {
        "every request is fine, and the whole budget is left": [],
        "half of 0.1% fail": [],
        "0.2% fail, which is over 0.1%": ["ticket"],
        "0.45% fail, which is over 0.3%": ["ticket"],
        "1.02% fail, which is over 0.6%": ["page", "ticket"],
        "50.72% fail, which is over 1.44%": ["page", "ticket"],
        "it was bad and is good again": ["ticket"],
        "a short burst after good service": [],
        "a bad hour after good hours": ["page", "ticket"],
        "4 failures in half an hour are too few to mean anything": [],
    }


def test_messages_show_values_as_prometheus_does() -> None:
    share = Message("now ", "percentage", " fail")
    assert share.template == "now {{ $value | humanizePercentage }} fail"
    assert share.expanded(Decimal("0.50720001")) == "now 50.72% fail"
    assert Message("is ", "number").expanded(Decimal("0.30000000001")) == "is 0.3"
    about = Message(("the ", Found("feature"), " of {{ x }} is "), "number")
    assert about.template == 'the {{ $labels.feature }} of {{ "{{" }} x }} is {{ $value | printf "%.4g" }}'
    assert about.expanded(Decimal(2), {"feature": "{{ $value }}"}) == "the {{ $value }} of {{ x }} is 2"
    assert Message("text with {{ braces }}").template == 'text with {{ "{{" }} braces }}'


def test_every_alert_is_seen_firing_and_not_firing(tmp_path: Path) -> None:
    spec = churn(
        f"{SLOS}\n  {DRIFT}\n  {QUALITY}",
        serving="{replicas: {min: 1, max: 4}}",
        more='retraining: {schedule: "0 4 * * 1", on: [drift]}',
        hardware="priced",
    )
    watched = watch(tmp_path, spec, environment="staging")
    seen: dict[tuple[str, ...], set[bool]] = {}
    empty: set[str] = set()
    for path, content in watched.files.items():
        if not path.startswith("tests/"):
            continue
        for case in content["tests"]:
            for check in case["alert_rule_test"]:
                if not case["input_series"]:
                    empty.add(check["alertname"])
                firing = [alert["exp_labels"] for alert in check["exp_alerts"]]
                for alert in watched.alerts(check["alertname"]):
                    own = dict(alert["labels"]).items()
                    key = (check["alertname"], *sorted(alert["labels"].values()))
                    seen.setdefault(key, set()).add(any(own <= labels.items() for labels in firing))
    wanted = {(rule["alert"], *sorted(rule["labels"].values())) for rule in watched.rules() if "alert" in rule}
    assert seen == {key: {True, False} for key in wanted}
    assert empty == set(watched.names)
