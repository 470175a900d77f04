"""What a change of a lock, a first version, a new name and a removal are called."""

from __future__ import annotations

from fairlead.preview.effects.pipeline import effects
from fairlead.preview.states import State
from fairlead.spec.units import Percentage
from fairlead.workspace.lockfile import with_canary, with_canary_served, with_image, with_model
from tests.unit.preview.changed import (
    BEHAVIOUR,
    DESTROYS,
    LOCKS,
    NAME,
    RISK,
    SPEC,
    Edit,
    Project,
    Said,
    between,
    said,
)


def rolled(before: State, edited: Project, edit: Edit) -> Said:
    edited.lock("production", edit)
    return said(between(before, edited.state(), "production"))


def test_a_rollout_is_told_step_by_step(before: State, edited: Project) -> None:
    staging = before.plans["staging"][NAME].unit.lock
    assert staging is not None
    assert staging.model is not None
    model = staging.model
    assert rolled(before, edited, lambda text: with_canary(text, model, Percentage.parse("10%"))) == [
        (RISK, "canary", "rolls out version 15 at 10%, beside version 14")
    ]
    first = edited.state()
    assert rolled(first, edited, lambda text: text.replace("weight: 10%", "weight: 50%")) == [
        (RISK, "canary", "canary 10% -> 50% for version 15")
    ]
    second = edited.state()
    tried = (edited.folder / LOCKS["production"]).read_text()
    assert rolled(second, edited, with_canary_served) == [
        (RISK, "rollout", "version 15 takes all requests: canary 50% -> 100%")
    ]
    third = edited.state()
    (edited.folder / LOCKS["production"]).write_text(tried)
    assert [kind for _, kind, _ in said(between(third, edited.state(), "production"))] == ["rollback", "canary"]
    original = before.plans["production"][NAME].unit.lock
    assert original is not None
    assert said(between(second, before, "production")) == [
        (RISK, "canary", "the canary of version 15 is taken back: 50% -> 0%")
    ]


def test_a_version_without_steps_is_served_at_once_and_can_go_back(before: State, edited: Project) -> None:
    staging = before.plans["staging"][NAME].unit.lock
    assert staging is not None
    assert staging.model is not None
    newer = staging.model
    edited.lock("production", lambda text: with_model(text, newer))
    after = edited.state()
    (found,) = between(before, after, "production")
    assert found.message == "rolls out version 15 at 100 %, after version 14"
    assert "metrics: roc_auc 0.978 -> 0.981" in found.why
    (back,) = between(after, before, "production")
    assert (back.kind, back.message) == ("rollback", "rolls back to version 14 at once, from 15")


def test_an_image_of_the_same_code_is_a_digest_only(before: State, edited: Project) -> None:
    lock = before.plans["staging"][NAME].unit.lock
    assert lock is not None
    key = "ghcr.io/acme/tumor-classifier"
    rebuilt = lock.images[key].model_copy(update={"digest": type(lock.images[key].digest).parse(f"sha256:{'a' * 64}")})
    edited.lock("staging", lambda text: with_image(text, key, rebuilt))
    assert said(between(before, edited.state(), "staging")) == [
        (BEHAVIOUR, "image", "features, training: image digest only: 2472053e454d -> aaaaaaaaaaaa")
    ]


def test_a_first_version_ends_the_waiting(before: State, edited: Project) -> None:
    (edited.folder / LOCKS["production"]).unlink()
    unlocked = edited.state()
    kinds = {effect.kind for effect in between(unlocked, before, "production")}
    assert {"first-version", "awaiting-first-version"} <= kinds
    assert "version-gone" in {effect.kind for effect in between(before, unlocked, "production")}


def test_a_new_and_a_removed_pipeline(before: State) -> None:
    plan = before.plans["production"][NAME]
    assert [kind for _, kind, _ in said(effects(None, plan))] == ["callers", "new-pipeline"]
    (gone,) = effects(plan, None)
    assert gone.severity is DESTROYS
    assert gone.in_base
    assert gone.message.startswith(
        "the pipeline is removed: its endpoint stops answering, its alerts and objectives end"
    )


def test_a_rename_says_what_is_lost(before: State, edited: Project) -> None:
    edited.edit(SPEC, (f"name: {NAME}  ", f"name: lesion-classifier\n  renamed_from: {NAME}  "))
    for place in LOCKS:
        edited.lock(place, lambda text: text.replace(f"pipeline: {NAME}", "pipeline: lesion-classifier"))
    found = between(before, edited.state(), "production", "lesion-classifier")
    assert found[0].severity is DESTROYS
    assert found[0].message == f"renamed from {NAME}"
    assert "the endpoint has another address: whoever calls the old one gets an error" in found[0].why
