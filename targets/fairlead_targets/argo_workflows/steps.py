"""A step of a workflow, before it is written as a template and a task.

Text that a user wrote stays in `run`, unescaped; every other text here is Fairlead's own, and may refer to values of
Argo's in double braces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fairlead.plan.nodes import Run
from fairlead.resources.resource import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a step reads: the artifact that another step gives, an object of this run in the store, or an address."""

    name: str
    source: str | None = None
    """Argo's reference to a task's or a template's artifact, without braces."""
    path: str | None = None
    """The place in the store, below the run's folder, of what no task gives as an artifact."""
    address: str | None = None
    """The URI that the step is told, instead of a copy."""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a step gives: an artifact, at a place in the store below the run's folder."""

    name: str
    path: str
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A small text that one of Fairlead's own steps writes, and that the workflow goes by."""

    name: str
    default: str | None = None
    """What it is where the step does not write it; without one, the step has failed then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command as a template, and as a task in a DAG."""

    name: str
    """The name of the template and of the task."""
    title: str
    """The value of FAIRLEAD_STEP: the node's id in the plan."""
    run: Run
    origin: Origin
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    results: tuple[Result, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    """The template's parameters, and what the task hands over."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables with values of Fairlead's own."""
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Variables from ConfigMaps: each with a name and a key; one that does not exist leaves the variable unset."""
    searched: tuple[str, ...] = ()
    """The parameters whose values depend on the trial."""
    reads_trials: bool = False
    """Whether the parameters of all trials are mounted, as a step needs that chooses among them."""
    needs: tuple[str, ...] = ()
    """Names of the tasks that must have succeeded, in order."""
    forgives: tuple[str, ...] = ()
    """Names of the tasks that may have been skipped instead."""
    when: str | None = None
    key: str | None = None
    """The key under which the outcome is remembered; None where it is not."""
    measured: str | None = None
    """Where what it used is kept, below the run's `usage` folder: the node's id, and a trial's number."""
    uses_store: bool = False
    """Whether the command itself reaches the object store, and needs its credentials."""


def task_name(node_id: str) -> str:
    """The name of a node's template and task: Argo allows letters, digits and dashes."""
    return node_id.replace("/", "-")


def depends(step: Step) -> str | None:
    """The condition of a task: every one that it needs has succeeded, so a skipped gate lets nothing pass."""
    terms = [f"{name}.Succeeded" for name in step.needs if name not in step.forgives]
    terms += [f"({name}.Succeeded || {name}.Skipped)" for name in step.needs if name in step.forgives]
    return " && ".join(terms) or None
