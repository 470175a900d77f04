"""From a plan to the steps of its training, as this machine runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fairlead.local.step import Input, Output, Step
from fairlead.plan.artifacts import ArtifactType, Use
from fairlead.plan.companions import (
    CHAMPION_MODEL,
    OPEN_RUN,
    REPORT,
    fetch_champion,
    like_of,
    needs_training_part,
    open_run,
    report,
    rows_name,
)
from fairlead.plan.nodes import (
    Check,
    Decide,
    Divide,
    Evaluate,
    Node,
    Prepare,
    Propose,
    Register,
    Run,
    Snapshot,
    Train,
    Tune,
)
from fairlead.plan.plan import Plan
from fairlead.remote.storage import uri_of
from fairlead.source.places import Place
from fairlead.spec.expressions import Function

CHOOSE = "tune/choose"
JUDGING = (Evaluate, Decide, Register, Propose)
"""What follows a training, and belongs to its run."""
READING = (Snapshot, Check, Divide)
"""What only reads data, and needs no run in MLflow."""


def steps_of(plan: Plan, root: Path) -> dict[str, Step]:
    """All steps of a plan's training by id, each after what it reads from.

    `open-run` is first and `report` last; neither is needed by others, because the engine runs them only around steps
    that really run. `root` is the project's folder, which local data is in.
    """
    lowering = _Lowering(plan, root)
    like = like_of(plan)
    train = next(plan.of(Train))
    found = [lowering.companion(OPEN_RUN, open_run(plan, like), train, results=("run", "trials"))]
    for node in plan.nodes.values():
        if isinstance(node, Tune) and node.run is not None:
            found += lowering.search(node, node.run)
        elif isinstance(node, Evaluate) and node.champion and node.run is not None:
            fetched = lowering.companion(CHAMPION_MODEL, fetch_champion(like), node, results=("present",))
            model = Output(name="model", optional=True, folder=True)
            # It is looked for once there is a candidate, so that a model is not compared with itself.
            fetched = replace(
                fetched, outputs=(model,), needs=("train",), champion=True, remembered=True, after_training=True
            )
            found += [fetched, lowering.champion(node, node.run)]
        elif isinstance(node, (*READING, Prepare, Train, *JUDGING)) and node.run is not None:
            found.append(lowering.step(node, node.run))
    found.append(lowering.companion(REPORT, report(plan, like), train))
    return {step.id: step for step in found}


@dataclass(frozen=True)
class _Lowering:
    plan: Plan
    root: Path

    def step(self, node: Node, run: Run) -> Step:
        inputs, needs = self.inputs(node)
        step = Step(
            id=node.id,
            title=node.id,
            node=node,
            run=run,
            place=self._place(node, run),
            inputs=inputs,
            outputs=self._outputs(node),
            results=("key",) if isinstance(node, Snapshot) else (),
            needs=needs,
            # A snapshot tells MLflow what was read. One that is taken each time would open a run each time for nothing.
            logs=not isinstance(node, READING) or (isinstance(node, Snapshot) and self._is_remembered(node, run)),
            after_training=isinstance(node, JUDGING),
            remembered=self._is_remembered(node, run),
            checkpoints=isinstance(node, Train) and node.checkpoint is not None,
        )
        if isinstance(node, Snapshot):
            return self._local(step, node)
        if isinstance(node, Train) and node.tuned:
            tune = next(self.plan.of(Tune))
            return replace(step, trials=tune.trials, chosen_by=CHOOSE)
        if isinstance(node, Decide) and "champion" in self.plan.nodes:
            # The gate waits for the champion's report even though it may do without one.
            return replace(step, needs=(*step.needs, "champion"))
        return step

    def companion(self, name: str, run: Run, node: Node, results: tuple[str, ...] = ()) -> Step:
        return Step(
            id=name, title=name, node=node, run=run, place=node.place, results=results, remembered=False, logs=False
        )

    def champion(self, node: Evaluate, run: Run) -> Step:
        step = self.step(node, run)
        model = Input(name="model", step=CHAMPION_MODEL, output="model")
        return replace(
            step, inputs=(model, *step.inputs), needs=(*step.needs, CHAMPION_MODEL), unless_absent=CHAMPION_MODEL
        )

    def search(self, node: Tune, run: Run) -> Iterator[Step]:
        """A training and its score for each trial, and the choice among them."""
        inputs, needs = self.inputs(node)
        rows = next(use for use in inputs if use.name == "validation")
        trained_on = tuple(use for use in inputs if use.name == "train") if needs_training_part(node.score) else ()
        trained = self._place(node, run)
        for index, trial in enumerate(node.trials):
            model = Input(name="model", step=f"tune/{index}", output="model")
            yield Step(
                id=f"tune/{index}",
                title="tune",
                node=node,
                run=replace(run, parameters=trial),
                place=trained,
                inputs=inputs,
                outputs=(Output(name="model", folder=True),),
                needs=needs,
                trial=index,
                remembered=run.cache,
            )
            yield Step(
                id=f"tune/{index}/score",
                title="tune/score",
                node=node,
                run=node.score,
                place=node.place,
                inputs=(model, replace(rows, name=rows_name(node)), *trained_on),
                outputs=(Output(name="report"),),
                needs=(f"tune/{index}",),
                trial=index,
                remembered=node.score.cache,
            )
        scored = tuple((str(index), f"tune/{index}/score") for index in range(len(node.trials)))
        yield Step(
            id=CHOOSE,
            title=CHOOSE,
            node=node,
            run=node.choose,
            place=node.place,
            inputs=(Input(name="scores", each=scored, output="report"),),
            outputs=(Output(name="parameters"),),
            results=("trial",),
            needs=tuple(step for _, step in scored),
            trials=node.trials,
        )

    def inputs(self, node: Node) -> tuple[tuple[Input, ...], tuple[str, ...]]:
        """What a node reads, and the steps that must have succeeded before."""
        found, needs = [], []
        for use in node.uses:
            found.append(self._input(use))
            bytes_id = self.plan.bytes_of(use.artifact)
            givers = () if use.optional else (self.plan.giver(bytes_id), self.plan.giver(use.artifact))
            needs += [CHOOSE if giver == "tune" else giver for giver in givers if giver is not None]
        return tuple(found), tuple(dict.fromkeys(needs))

    def _input(self, use: Use) -> Input:
        bytes_id = self.plan.bytes_of(use.artifact)
        giver = self.plan.nodes[self.plan.giver(bytes_id) or ""]
        name = next(give.name for give in giver.gives if give.artifact.id == bytes_id)
        if isinstance(giver, Snapshot) and name not in {give.name for give in giver.writes}:
            return Input(name=use.name, uri=self._uri(giver), step=giver.id, by_address=True)
        return Input(
            name=use.name,
            step=CHOOSE if isinstance(giver, Tune) else giver.id,
            output=name,
            by_address=use.mode == "reference",
            optional=use.optional,
        )

    def _outputs(self, node: Node) -> tuple[Output, ...]:
        return tuple(Output(name=give.name, folder=give.artifact.type is ArtifactType.MODEL) for give in node.writes)

    def _is_remembered(self, node: Node, run: Run) -> bool:
        """Whether the outcome for the same inputs is the same another day.

        A registration is one here: the same model after the same verdict is the same version, not a second one.
        """
        if isinstance(node, Check):
            return all(clause.function is not Function.AGE for clause in node.expectations)
        if isinstance(node, Snapshot):
            return node.digest is not None or self.local_path(node) is not None
        return run.cache or isinstance(node, Register | Propose)

    def _local(self, step: Step, node: Snapshot) -> Step:
        """The snapshot of what is on this machine, where the source says so; a pinned digest is that of the URI."""
        local = self.local_path(node)
        if local is None:
            return replace(step, pinned=node.digest is not None)
        parameters: dict[str, Any] = {**step.run.parameters, "uri": self._uri(node), "digest": None}
        path = ("data", "sources", node.source, "local")
        return replace(
            step, run=replace(step.run, parameters=parameters), source=str(local), place=self.plan.unit.place(*path)
        )

    def local_path(self, node: Snapshot) -> Path | None:
        """Where a source's data is on this machine."""
        data = self.plan.unit.pipeline.data
        sources: Mapping[str, Any] = {str(name): source for name, source in data.sources.items()} if data else {}
        local = sources[node.source].local if node.source in sources else None
        if local is not None:
            return self.root / str(local)
        return Path(f"/{node.uri.key.lstrip('/')}") if node.uri.scheme == "file" else None

    def _uri(self, node: Snapshot) -> str:
        local = self.local_path(node)
        if local is None:
            return str(node.uri)
        return uri_of(local) + ("/" if local.is_dir() else "")

    def _place(self, node: Node, run: Run) -> Place:
        """Where the specification says what is run: the command of a step of the user's own."""
        if run.built_in is not None:
            return node.place
        path = ("model", "train") if isinstance(node, Tune) else node.path
        return self.plan.unit.place(*path, "command")
