"""An effect points at what it comes from: in head's files, and in base's for what only base has."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.preview.build import preview
from fairlead.preview.effects import project
from fairlead.preview.model import Effect, Side
from fairlead.preview.states import State, state_of
from fairlead.spec.units import Percentage
from fairlead.workspace.lockfile import with_canary, without_rollout
from tests.unit.preview.changed import FAIRLEAD, LOCKS, SPEC, Project, between

# What is removed, and what stands at the place that its effect points to in base.
REMOVED: list[tuple[str, tuple[tuple[str, str], ...], str, str]] = [
    ("staging", (("      - recall[age_band] >= 0.85 ", "      #"),), "gate removed", "recall[age_band] >= 0.85"),
    ("staging", (("rows >= 500, ", ""),), "need no longer hold", "rows >= 500"),
    ("staging", (("expect: [rows >= 500, missing(mean_radius) <= 0.01, age(taken_at) <= 7d]", "expect: []"),),
     "need no longer hold", "rows >= 500"),
    ("staging", (("    secrets: {FEATURE_STORE_TOKEN: feature-store/token}", "   "),), "no longer reads",
     "feature-store/token"),
    ("staging", (('    env: {OMP_NUM_THREADS: "4"}\n', ""),), "variables of training changed", "{OMP_NUM_THREADS"),
    ("staging", (("  default: cpu-small\n", ""), ("  train: {cpu: 4, memory: 8Gi, disk: 20Gi}\n", "")),
     "training: memory limit", "{cpu: 4, memory: 8Gi"),
    ("production", (("callers: [triage/ui]", "callers: []"),), "anybody in the cluster may call", "triage/ui"),
    ("production", (("    availability: 99.9%\n", ""),), "objective removed", "99.9%"),
    ("production", (("features: {mean_radius: {threshold: 0.1}}", "features: {}"),), "drift threshold raised", "0.1}"),
    ("production", (("    prediction: true\n", "    prediction: false\n"),), "the drift of prediction", "true"),
    ("production", (("  runbook: https://runbooks.acme.example/tumor-classifier\n", ""),), "alerts link to the runbook",
     "https://runbooks"),
    ("production", (("payloads: {log: all, to: s3://acme-ml-payloads/tumor-classifier/, retain: 30d}",
                     "payloads: {log: all, to: s3://acme-ml-payloads/tumor-classifier/}"),),
     "payloads are kept for", "30d"),
    ("production", (("  - {check: serving.single-zone", "  # {check: serving.single-zone"), ("waivers:", "#")),
     "waiver removed", "{check: serving.single-zone"),
]  # fmt: skip


def pointed(folder: Path, effect: Effect) -> str:
    """What stands where an effect points to."""
    assert effect.place is not None
    lines = (folder / effect.place.file).read_text().split("\n")
    return lines[effect.place.line - 1][effect.place.column - 1 :]


@pytest.mark.parametrize(
    ("environment", "edits", "message", "there"), REMOVED, ids=[f"{each[2]}: {each[3]}" for each in REMOVED]
)
def test_what_is_removed_is_shown_where_it_was(
    before: State,
    edited: Project,
    repository: Path,
    environment: str,
    edits: tuple[tuple[str, str], ...],
    message: str,
    there: str,
) -> None:
    edited.edit(SPEC, *edits)
    found = [effect for effect in between(before, edited.state(), environment) if message in effect.message]
    assert found, message
    assert found[0].in_base
    assert pointed(repository, found[0]).startswith(there)


@pytest.mark.parametrize(
    ("edit", "there"),
    [
        (("  - prometheus\n", ""), "prometheus"),
        (('  keda: "2.20"\n', ""), '"2.20"'),
        ((", region: eu-central-1", ""), "eu-central-1"),
        ((", soak: 24h", ""), "24h"),
        (("mlflow: {tracking_uri: http://mlflow.ml.svc:5000}\n", ""), "http://mlflow.ml.svc:5000"),
    ],
    ids=["target", "platform", "region", "soak", "mlflow"],
)
def test_what_is_removed_from_the_project_is_shown_where_it_was(
    before: State, edited: Project, repository: Path, edit: tuple[str, str], there: str
) -> None:
    edited.edit(FAIRLEAD, edit)
    found = [effect for effect in project.effects(before, edited.state()) if effect.in_base]
    assert len(found) == 1
    assert pointed(repository, found[0]).startswith(there)


def test_a_target_is_shown_where_it_stands_without_a_list_too(edited: Project) -> None:
    text = (edited.folder / FAIRLEAD).read_text()
    listed = text[text.index("targets:\n") : text.index("platform:\n")]
    edited.edit(FAIRLEAD, (listed, "targets:\n  argo-workflows: {}\n  kserve: {}\n  prometheus: {}\n"))
    was, base = edited.state(), (edited.folder / FAIRLEAD).read_text().split("\n")
    edited.edit(FAIRLEAD, ("kserve: {}\n  prometheus: {}", "argo-cd: {}\n  prometheus: {scrape_interval: 20s}"))
    head = (edited.folder / FAIRLEAD).read_text().split("\n")
    found = {effect.kind: effect for effect in project.effects(was, edited.state())}
    lines = {
        kind: (base if effect.in_base else head)[effect.place.line - 1]
        for kind, effect in found.items()
        if effect.place is not None
    }
    assert lines == {
        "target-removed": "  kserve: {}",
        "target-added": "  argo-cd: {}",
        "target-options": "  prometheus: {scrape_interval: 20s}",
    }


def test_a_canary_that_is_taken_back_is_shown_where_it_was(before: State, edited: Project) -> None:
    model = before.plans["staging"]["tumor-classifier"].unit.lock.model  # type: ignore[union-attr]
    assert model is not None
    edited.lock("production", lambda text: with_canary(text, model, Percentage.parse("10%")))
    tried, text = edited.state(), (edited.folder / LOCKS["production"]).read_text()
    edited.lock("production", without_rollout)
    (found,) = between(tried, edited.state(), "production")
    edited.lock("production", lambda _: text)
    assert found.in_base
    assert pointed(edited.folder, found).startswith("canary:")


def test_what_is_new_or_changed_is_shown_in_head(before: State, edited: Project) -> None:
    edited.edit(
        SPEC,
        ("rows >= 500, ", "rows >= 900, "),
        ("      - roc_auc >= 0.95", "      - roc_auc >= 0.97\n      - recall >= 0.5"),
        ("callers: [triage/ui]", "callers: [triage/bot]"),
    )
    found = between(before, edited.state(), "staging")
    assert found
    assert [effect for effect in found if effect.in_base] == []
    places = {effect.message.partition(":")[0]: pointed(edited.folder, effect) for effect in found}
    assert places["gate added"].startswith("recall >= 0.5")
    assert places["gate tightened"].startswith("roc_auc >= 0.97")
    assert places["biopsies need no longer hold"].startswith("rows >= 900")


def test_an_alert_that_is_gone_is_shown_where_it_came_from(tmp_path: Path, repository: Path) -> None:
    changed = Project(tmp_path, repository)
    base = state_of(tmp_path)
    text = (tmp_path / SPEC).read_text()
    latency = next(line for line in text.split("\n") if line.lstrip().startswith("latency:"))
    changed.edit(SPEC, (f"{latency}\n", ""), ("apiVersion:", "# a line more\napiVersion:"))
    found = preview(base, state_of(tmp_path), Side("base", None, None), Side("head", None, None))
    alerts = [effect for effect in found.effects if effect.kind == "alert" and "removed" in effect.message]
    assert alerts
    for effect in alerts:
        assert effect.in_base
        assert pointed(repository, effect).startswith("99.9%"), "the objectives whose rules these are"
