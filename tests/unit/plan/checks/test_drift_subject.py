from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.plan.checks.drift_subject import (
    NO_REFERENCE,
    NOT_A_FEATURE,
    UNDECLARED,
    UNTAKEN_TYPE,
    WATCHES_NOTHING,
)
from tests.unit.plan.specs import ASSISTANT, BATCH, SCREEN, TUMOR, edit, examine

FEATURES = "features: {mean_radius: {threshold: 0.1}}"


@pytest.mark.parametrize(
    ("column", "said"), [("diagnosis", "the label"), ("biopsy_id", "an id"), ("taken_at", "the time")]
)
def test_drift_of_what_is_no_feature_is_refused(tmp_path: Path, column: str, said: str) -> None:
    found = examine(tmp_path, edit(TUMOR, (FEATURES, f"features: {{{column}: {{threshold: 0.1}}}}")))
    assert found.places(NOT_A_FEATURE) == [found.where(column, f"features: {{{column}: {{")]
    assert said in found.one(NOT_A_FEATURE).message
    assert [str(related.place) for related in found.one(NOT_A_FEATURE).related] == [found.where(f"{column}: {{type")]


def test_a_label_that_is_a_feature_too_is_watched_without_being_named(tmp_path: Path) -> None:
    spec = edit(TUMOR, ("positive: malignant, role: label", "positive: malignant, roles: [label, feature]"))
    found = examine(tmp_path, spec)
    assert found.places(NOT_A_FEATURE) == [found.where("drift", "  drift:\n")]
    assert "`diagnosis` is watched as a feature" in found.one(NOT_A_FEATURE).message


def test_a_method_that_can_not_be_taken_is_told_those_that_can(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(TUMOR, (FEATURES, "features: {age_band: {method: ks}}")))
    assert found.places(UNTAKEN_TYPE) == [found.where("ks")]
    assert found.one(UNTAKEN_TYPE).help == "use psi, jensen-shannon, chi2"
    assert found.one(UNTAKEN_TYPE).nearest == "psi"


def test_a_feature_that_takes_the_default_method_is_pointed_at(tmp_path: Path) -> None:
    spec = edit(TUMOR, (FEATURES, "features: {age_band: {threshold: 0.1}}"), ("method: psi", "method: ks"))
    spec = edit(spec, ("prediction: true", "prediction: false"))
    found = examine(tmp_path, spec)
    assert found.places(UNTAKEN_TYPE) == [found.where("age_band", "features: {age_band")]


@pytest.mark.parametrize(("output", "method", "fires"), [
    ("probability", "chi2", True), ("label", "ks", True), ("probability", "ks", False), ("label", "chi2", False),
])  # fmt: skip
def test_the_prediction_is_what_the_server_answers(tmp_path: Path, output: str, method: str, fires: bool) -> None:
    spec = edit(TUMOR, ("output: probability", f"output: {output}"), ("method: psi", f"method: {method}"))
    found = examine(tmp_path, edit(spec, (f"    {FEATURES}\n", "")))
    assert found.places(UNTAKEN_TYPE) == ([found.where(method, f"method: {method}")] if fires else [])


def test_a_regression_answers_numbers(tmp_path: Path) -> None:
    drift = "monitoring: {drift: {method: chi2, prediction: true}}\n"
    found = examine(tmp_path, BATCH + drift)
    assert found.places(UNTAKEN_TYPE) == [found.where("chi2")]
    assert examine(tmp_path, BATCH + drift.replace("chi2", "psi")).codes == []


def test_drift_that_watches_nothing_is_refused(tmp_path: Path) -> None:
    spec = edit(SCREEN, ("radius: {type: float}", "radius: {type: text}"), ("serving: {}\n", ""))
    spec += """\
serving: {payloads: {log: all, to: s3://acme-payloads/}}
monitoring: {drift: {every: 1h}}
"""
    found = examine(tmp_path, spec)
    assert found.places(WATCHES_NOTHING) == [found.where("drift")]
    assert examine(tmp_path, edit(spec, ("every: 1h", "prediction: true"))).codes == []


def test_a_model_from_elsewhere_has_nothing_to_compare_with(tmp_path: Path) -> None:
    found = examine(tmp_path, edit(ASSISTANT, ("monitoring:\n", "monitoring:\n  drift: {prediction: true}\n")))
    assert found.places(NO_REFERENCE) == [found.where("drift")]


def test_a_column_can_not_be_named_where_none_is_declared(tmp_path: Path) -> None:
    spec = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: visits, owner: growth-ml}
data: {sources: {visits: {uri: s3://acme/visits.csv}}}
model: {framework: sklearn, train: {command: [train]}}
serving: {payloads: {log: all, to: s3://acme-payloads/}}
monitoring: {drift: {features: {duration: {}}, prediction: true}}
"""
    found = examine(tmp_path, spec)
    assert found.places(UNDECLARED) == [found.where("duration")]
    assert examine(tmp_path, edit(spec, ("features: {duration: {}}, ", ""))).codes == []
