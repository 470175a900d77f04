"""What a step reads once the steps before it have ended: its parameters and inputs, and the key of its outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairlead.local.digests import code_digest, digest_of, installed_digest, own_digest, path_digest
from fairlead.local.outcomes import Outcome
from fairlead.local.step import Input, Step
from fairlead.local.surroundings import Surroundings
from fairlead.plan import contract
from fairlead.remote.storage import uri_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A step that can run."""

    key: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    """Paths and addresses by name."""
    gathered: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    """Inputs that are a folder of several steps' outputs: they are put together for each attempt."""
    variables: Mapping[str, str] = field(default_factory=dict)


def prepare(step: Step, outcomes: Mapping[str, Outcome], around: Surroundings, champion: Mapping[str, str]) -> Prepared:
    """What a step reads. Its needs have outcomes, but for those that were left out. Raises OSError."""
    parameters = _parameters(step, outcomes)
    inputs: dict[str, str] = {}
    gathered: dict[str, dict[str, Path]] = {}
    digests: dict[str, Any] = {}
    for use in step.inputs:
        if use.each:
            gathered[use.name] = {name: outcomes[giver].path(use.output) for name, giver in use.each}
            digests[use.name] = {name: outcomes[giver].outputs[use.output] for name, giver in use.each}
        else:
            inputs[use.name], digests[use.name] = _input(use, outcomes)
    variables = dict(champion) if step.champion else {}
    key = digest_of(
        {
            "step": step.title,
            "pipeline": around.pipeline,
            "command": list(step.run.command),
            "parameters": dict(parameters),
            "env": dict(step.run.env),
            "secrets": sorted(step.run.secrets),
            "seed": step.run.seed,
            "inputs": digests,
            "outputs": [give.name for give in step.outputs],
            "source": path_digest(Path(step.source)) if step.source else None,
            "code": own_digest() if step.run.built_in else code_digest(around.code),
            "installed": installed_digest(),
            "tracking_uri": around.tracking_uri if step.logs else None,
            "artifacts": around.artifacts if step.run.built_in else None,
            "variables": variables,
            "trials": [dict(trial) for trial in step.trials],
        }
    )
    return Prepared(key=key, parameters=parameters, inputs=inputs, gathered=gathered, variables=variables)


def write_down(step: Step, prepared: Prepared, work: Path) -> dict[str, str]:
    """Puts into an attempt's folder what the step finds there; gives the variables that say where. Raises OSError."""
    text = contract.parameters_json(prepared.parameters)
    (work / "parameters.json").write_text(text, encoding="ascii")
    found: dict[str, str] = {}
    for name, members in prepared.gathered.items():
        folder = work / "in" / name
        folder.mkdir(parents=True)
        for member, path in members.items():
            (folder / member).symlink_to(path)
        found[contract.input_variable(name)] = str(folder)
    if step.trials and step.chosen_by is None:
        folder = work / "trials"
        folder.mkdir()
        for index, trial in enumerate(step.trials):
            (folder / f"{index}.json").write_text(contract.parameters_json(trial), encoding="ascii")
        found[contract.TRIALS] = str(folder)
    return found


def write_usage(measured: Mapping[str, Mapping[str, Any]], folder: Path) -> Path:
    """Writes what steps have used as registering finds it in a cluster; gives the folder. Raises OSError."""
    root = folder / contract.USAGE_INPUT
    for step, usage in measured.items():
        path = root / _usage_path(step)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(usage), encoding="ascii")
    return root


def _usage_path(step: str) -> str:
    """A step's id as a path: what is `tune/3/score` here is `tune/score/3` in a cluster."""
    parts = step.split("/")
    return f"tune/score/{parts[1]}" if parts[0] == "tune" and parts[2:] == ["score"] else step


def _parameters(step: Step, outcomes: Mapping[str, Outcome]) -> Mapping[str, Any]:
    """The step's own, or those of the trial that was chosen."""
    if step.chosen_by is None:
        return step.run.parameters
    return step.trials[int(outcomes[step.chosen_by].results["trial"])]


def _input(use: Input, outcomes: Mapping[str, Outcome]) -> tuple[str, Any]:
    """Where an input is, and what tells it from another."""
    outcome = outcomes.get(use.step)
    if use.uri is not None:
        # What is behind the address is known by what the snapshot found there.
        return use.uri, [use.uri, dict(outcome.results) if outcome else None]
    if outcome is None:
        # Nothing is there, and the variable says so: without it, a gate would not know that somebody has looked.
        return "/nonexistent/left-out", None
    path = outcome.path(use.output)
    return (uri_of(path) if use.by_address else str(path)), outcome.outputs[use.output]
