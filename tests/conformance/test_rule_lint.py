"""Every rule that is emitted holds what a linter of rules asks for, and the linter notices each mistake."""

from __future__ import annotations

import ast
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from fairlead.source.nodes import plain
from fairlead.source.reader import read
from tests.conformance.lint import File
from tests.conformance.matrix import distinct
from tests.conformance.test_promtool import KINDS
from tests.unit.targets.prometheus.watched import lock, version, watch


def judged(content: Any) -> list[str]:
    return File(content["groups"]).findings()


def test_the_rules_of_every_cell_pass(cells: list[Path]) -> None:
    files = distinct(path for root in cells for path in sorted(root.glob("rendered/*/*/prometheus/rules/*.yaml")))
    assert len(files) > 20
    findings = [
        f"{path}: {finding}"
        for path in files
        for finding in judged(plain(read(path.name, path.read_bytes()).root))  # type: ignore[arg-type]
    ]
    assert findings == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_rules_of_every_kind_of_server_pass(kind: str, tmp_path: Path) -> None:
    spec, fairlead = KINDS[kind]
    rollout = f"{{canary: {version(8)}, weight: 10%}}" if "canary" in kind else ""
    watched = watch(tmp_path, spec, lock(rollout=rollout), fairlead)
    contents = [content for path, content in watched.files.items() if path.startswith("rules/")]
    assert contents
    assert [finding for content in contents for finding in judged(content)] == []


GOOD: dict[str, Any] = {
    "groups": [
        {
            "name": "churn-slo",
            "rules": [
                {
                    "record": "pipeline:failures:rate5m",
                    "expr": 'sum(rate(requests_total{namespace="ml",code=~"5.."}[5m]))',
                    "labels": {"pipeline": "churn"},
                },
                {
                    "record": "pipeline:failures:ratio_rate5m",
                    "expr": 'pipeline:failures:rate5m{pipeline="churn"}'
                    ' / (pipeline:failures:rate5m{pipeline="churn"} > 0)',
                    "labels": {"pipeline": "churn"},
                },
                {
                    "alert": "Burns",
                    "expr": 'pipeline:failures:ratio_rate5m{pipeline="churn"} > 0.1',
                    "for": "2m",
                    "labels": {},
                    "annotations": {},
                },
                {
                    "alert": "Drifts",
                    "expr": 'max by (feature) (last_over_time(score{namespace="ml",feature=~"a|b"}[2h])) > 0.2',
                    "for": "1h",
                    "labels": {},
                    "annotations": {},
                },
            ],
        }
    ]
}
WHO = dict.fromkeys(("namespace", "team", "receiver", "environment"), "x")
for _rule, _label in ((2, {}), (3, {"pipeline": "churn"})):
    GOOD["groups"][0]["rules"][_rule]["labels"] = {"severity": "page", **WHO, **_label}
    GOOD["groups"][0]["rules"][_rule]["annotations"] = {
        "summary": "{{ $labels.pipeline }} is bad",
        "description": "It is {{ $value }}.",
    }


def test_what_is_right_is_let_through() -> None:
    assert judged(GOOD) == []


MISTAKES: dict[str, tuple[int, str, str, str]] = {
    # which rule, what stands in its manifest, what instead, and what is said
    "an alert without a condition": (2, " > 0.1", "", "has no condition"),
    "a branch without a condition": (
        2,
        " > 0.1",
        ' > 0.1 or pipeline:failures:ratio_rate5m{pipeline="churn"}',
        "no condition",
    ),
    "a comparison that gives 0 and 1": (2, "> 0.1", "> bool 0.1", "has no condition"),
    "an alert on a single scrape": (2, "'for': '2m'", "'for': '30s'", "is held for"),
    "an alert that is not held": (2, "'for': '2m', ", "", "is held for"),
    "an alert for nobody": (2, "'team': 'x', ", "", "no label team"),
    "a severity of its own": (2, "'severity': 'page'", "'severity': 'bad'", "neither page nor ticket"),
    "an alert without words": (2, "'summary'", "'title'", "has no summary"),
    "a label that is dropped": (3, "$labels.pipeline", "$labels.instance", "which the expression drops"),
    "a label that changes with the value": (2, "'receiver': 'x'", "'receiver': '{{ $value }}'", "is a template"),
    "a label that hides the found one": (3, "'team': 'x'", "'team': 'x', 'feature': 'a'", "hides one"),
    "a text as a pattern": (3, 'feature=~"a|b"', 'feature=~"ab"', "compares with a text"),
    "a pattern with anchors": (3, '"a|b"', '"^(a|b)$"', "has anchors"),
    "a pattern that selects all": (3, '"a|b"', '".*"', "without the label"),
    "scores of other namespaces": (3, 'namespace="ml",', "", "from every namespace"),
    "an aggregation by what goes": (3, "max by (feature)", "max without (pod)", "which labels go"),
    "a rate of a gauge": (0, "requests_total", "requests", "which is no counter"),
    "a counter without a rate": (
        0,
        "sum(rate(requests_total",
        "sum(last_over_time(requests_total",
        "read without a rate",
    ),
    "a rate over too little": (0, "[5m]", "[1m]", "fewer than four scrapes"),
    "a record that nobody makes": (2, "ratio_rate5m{", "ratio_rate1h{", "is not recorded before"),
    "a record of another pipeline": (2, '{pipeline="churn"}', '{pipeline="other"}', "recorded with other labels"),
    "a share of more than all": (2, "> 0.1", "> 14.4", "no share is"),
    "sides with other labels": (
        1,
        '(pipeline:failures:rate5m{pipeline="churn"} > 0)',
        'sum by (code) (rate(requests_total{namespace="ml"}[5m]))',
        "have other labels",
    ),
    "a record that is held": (0, "'labels': {", "'for': '5m', 'labels': {", "neither held nor told"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_noticed(mistake: str) -> None:
    position, before, after, said = MISTAKES[mistake]
    wrong = deepcopy(GOOD)
    rules = wrong["groups"][0]["rules"]
    text = repr(rules[position])
    assert before in text
    rules[position] = ast.literal_eval(text.replace(before, after, 1))
    assert any(said in finding for finding in judged(wrong)), judged(wrong)


def test_order_and_repetition_are_noticed() -> None:
    swapped, twice, groups = deepcopy(GOOD), deepcopy(GOOD), deepcopy(GOOD)
    swapped["groups"][0]["rules"].reverse()
    assert any("is not recorded before" in finding for finding in judged(swapped))
    twice["groups"][0]["rules"].append(GOOD["groups"][0]["rules"][2])
    assert any("is written twice" in finding for finding in judged(twice))
    groups["groups"].append(GOOD["groups"][0])
    assert "the group churn-slo stands twice" in judged(groups)
