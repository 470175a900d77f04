"""Nothing is registered or proposed that has not passed its gate, however the tasks of a training end."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from fairlead_targets.argo_workflows import ArgoWorkflows
from fairlead_targets.argo_workflows.options import ArgoWorkflowsOptions
from tests.laws.dags import Phase, endings, holds
from tests.unit.targets.argo_workflows.trained import churn, compiled, lock, template, workflow

EFFECTS = ("register", "propose")
"""The tasks that change something outside of their run."""


def test_a_bare_name_lets_a_skipped_task_pass() -> None:
    phases: Mapping[str, Phase] = {"gate": "Skipped"}
    assert holds("gate", phases)
    assert not holds("gate.Succeeded", phases)
    assert holds("!gate.Failed && (gate.Errored || gate.Skipped)", phases)
    assert not holds("gate", {"gate": "Failed"})


def test_a_bare_gate_would_be_caught() -> None:
    order = {"train": None, "evaluate": "train.Succeeded", "gate": "evaluate.Succeeded"}
    sound = {**order, "register": "gate.Succeeded", "propose": "register.Succeeded"}
    hold_to_the_gate([{"name": name, "depends": condition} for name, condition in sound.items()])
    with pytest.raises(AssertionError, match="'gate': 'Skipped'"):
        hold_to_the_gate([{"name": name, "depends": found} for name, found in {**sound, "register": "gate"}.items()])


def test_no_specification_of_this_repository_goes_around_its_gate(repository: Path) -> None:
    workspace = load(repository)
    seen = 0
    for plan in plans(workspace).all():
        made = ArgoWorkflows().compile(plan, ArgoWorkflowsOptions())
        for item in made.resources:
            if item.identity.kind == "WorkflowTemplate":
                seen += hold(item.manifest)
    assert seen >= 6, "the trained pipelines of specs/, in the environment that trains"


@st.composite
def specifications(draw: st.DrawFn) -> tuple[str, bool]:
    """A trained pipeline, and whether its images and its version are locked."""
    gates = draw(st.sampled_from(["", "[]", "[roc_auc >= 0.9]", "[roc_auc >= 0.9, roc_auc >= champion - 0.1]"]))
    own = draw(st.booleans())
    evaluate = ["metrics: [roc_auc]", *(["command: [judge]"] if own else []), *([f"gates: {gates}"] if gates else [])]
    model = [f"  evaluate: {{{', '.join(evaluate)}}}"]
    if draw(st.booleans()):
        model.append("  tune: {search: grid, over: {depth: [2, 4]}, objective: maximize roc_auc}")
    train = ["command: [train]", "parameters: {depth: 3}"]
    train += ["distributed: {nodes: 2}"] if draw(st.booleans()) else []
    train += [f"cache: {str(draw(st.booleans())).lower()}", f"retries: {draw(st.integers(0, 3))}"]
    data = ["  split: {test: 0.2, validation: 0.1}"]
    if draw(st.booleans()):
        data[0] = "  split: {of: features, test: 0.2, validation: 0.1}"
        data.append("  prepare: {features: {command: [f], inputs: [customers], outputs: {features: {}}}}")
    more = draw(st.sampled_from(["", 'retraining: {schedule: "0 4 * * 1", on: [new-data]}']))
    return churn(", ".join(train), "\n".join(model), "\n".join(data), more), draw(st.booleans())


@settings(max_examples=40)
@given(specifications())
def test_no_training_goes_around_its_gate(specification: tuple[str, bool]) -> None:
    text, locked = specification
    with tempfile.TemporaryDirectory() as folder:
        made = compiled(Path(folder), text, locks={"staging": lock()} if locked else None)
    assert hold(workflow(made))


def hold(manifest: Any) -> bool:
    """Holds a WorkflowTemplate to the law, and says whether it trains at all."""
    spec = manifest["spec"]
    used = [
        (task["template"], found["name"])
        for found in spec["templates"]
        for task in found.get("dag", {}).get("tasks", ())
    ]
    if "train" not in {name for name, _ in used}:
        return False
    # What has effects stands in one place, beside the gate, and nothing else starts it.
    assert [where for name, where in used if name in EFFECTS] == ["pipeline", "pipeline"]
    assert {spec["entrypoint"], spec["onExit"]} & {*EFFECTS} == set()
    assert "hooks" not in spec
    tasks = template(manifest, "pipeline")["dag"]["tasks"]
    for task in tasks:
        assert task.keys() <= {"name", "template", "depends", "when", "arguments"}, task["name"]
    decision = template(manifest, "gate")
    assert "memoize" not in decision, "a verdict is about this candidate and this champion"
    assert [*decision["container"]["command"], *decision["container"]["args"]][-1] == "gate"
    assert [task["name"] for task in tasks if "when" in task] in ([], ["champion"])
    hold_to_the_gate(tasks)
    return True


def hold_to_the_gate(tasks: list[dict[str, Any]]) -> None:
    """In every ending, what has effects has started only after everything that it rests on has succeeded."""
    proposed = set()
    for ending in endings(tasks):
        phases = ending.phases
        champion = phases.get("champion")
        if ending.started("gate"):
            assert phases["train"] == phases["evaluate"] == "Succeeded", phases
            assert champion in (None, "Succeeded", "Skipped"), phases
        if any(ending.started(task) for task in EFFECTS):
            before = {name: phase for name, phase in phases.items() if name not in (*EFFECTS, "champion")}
            assert set(before.values()) == {"Succeeded"}, phases
        if ending.started("propose"):
            assert phases["register"] == "Succeeded", phases
            proposed.add(champion)
    # And the law is not held by doing nothing: with a champion and without one, a candidate can come through.
    has_champion = any(task["name"] == "champion" for task in tasks)
    assert proposed == ({"Succeeded", "Skipped"} if has_champion else {None})
