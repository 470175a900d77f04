"""A step as this machine runs it: one command, what it reads from which other step, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.plan.nodes import Node, Run
from fairlead.source.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What a step reads: what another step gives, by path or by address, or something that is there already."""

    name: str
    step: str = ""
    """The id of the step that gives it."""
    output: str = ""
    """The name that it has there."""
    each: tuple[tuple[str, str], ...] = ()
    """Instead of one step's: the output of that name of several, in one folder, each under the first of the pair."""
    uri: str | None = None
    """Instead of what a step gives: an address."""
    by_address: bool = False
    """Whether the step is told a URI, and not a path."""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a step writes."""

    name: str
    optional: bool = False
    folder: bool = False
    """Whether it has to be a folder, as a model has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command, which runs once all of `needs` have succeeded."""

    id: str
    """Unique in the run: the node's id, and for a search `tune/3`, `tune/3/score` and `tune/choose`."""
    title: str
    """The value of FAIRLEAD_STEP."""
    node: Node
    run: Run
    place: Place
    """Where the specification says what is run."""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    results: tuple[str, ...] = ()
    """Small texts that one of Fairlead's own steps writes."""
    needs: tuple[str, ...] = ()
    trials: tuple[Mapping[str, Any], ...] = ()
    """The parameters of all trials: for the choice among them, and for the training with the best."""
    chosen_by: str | None = None
    """The step whose result `trial` says which trial's parameters this one takes."""
    trial: int | None = None
    """The trial that this step belongs to."""
    source: str | None = None
    """The path on this machine that a snapshot reads."""
    pinned: bool = False
    """Whether what a snapshot gives is told by a digest in its parameters."""
    logs: bool = True
    """Whether its run in MLflow has to be open: not for what only reads data."""
    after_training: bool = False
    """Whether it judges, registers or proposes: then it belongs to the run that trained the model."""
    champion: bool = False
    """Whether it is told the champion."""
    unless_absent: str | None = None
    """The step whose result `present` says whether this one runs at all."""
    remembered: bool = True
    """Whether its outcome is kept and used again."""
    checkpoints: bool = False
    """Whether it writes checkpoints and resumes from them."""

    @property
    def file_name(self) -> str:
        """The id as part of a file's name."""
        return self.id.replace("/", "-")

    @property
    def group(self) -> str | None:
        """The search that it is part of, whose steps are bounded together."""
        return "tune" if self.trial is not None else None
