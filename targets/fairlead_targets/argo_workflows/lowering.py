"""From a node of the plan to a step of the workflow."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fairlead.plan import contract
from fairlead.plan.artifacts import Use
from fairlead.plan.companions import CHAMPION_MODEL, OPEN_RUN, fetch_champion
from fairlead.plan.nodes import Evaluate, Node, Propose, Register, Run, Snapshot, Train
from fairlead.resources.resource import Origin
from fairlead_targets.argo_workflows.caching import Cache
from fairlead_targets.argo_workflows.containers import champion_settings
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.steps import Input, Output, Result, Step, task_name

MLFLOW_RUN = {"MLFLOW_RUN_ID": "{{inputs.parameters.mlflow-run}}"}


@dataclass(frozen=True)
class Lowering:
    """The nodes of one plan as steps."""

    context: Context
    cache: Cache

    def step(self, node: Node, run: Run) -> Step:
        """The step of a node that runs one command."""
        inputs, needs = self.inputs(node)
        data = self.cache.data(node) if (key := self.cache.key(node)) else None
        arguments = {"mlflow-run": f"{{{{tasks.{OPEN_RUN}.outputs.parameters.run}}}}"}
        results: tuple[Result, ...] = ()
        variables = dict(MLFLOW_RUN)
        if data is not None:
            arguments["data"] = data
        if isinstance(node, Snapshot):
            results = (Result(name="key"),)
        if isinstance(node, Train) and node.checkpoint is not None:
            variables[contract.CHECKPOINTS] = self.context.store.address("checkpoints/")
        if isinstance(node, Register):
            inputs += (Input(name=contract.USAGE_INPUT, path=contract.USAGE_INPUT, optional=True),)
        step = Step(
            name=task_name(node.id),
            title=node.id,
            run=run,
            origin=self.context.origin(node, node.title),
            inputs=inputs,
            outputs=self.outputs(node),
            results=results,
            arguments=arguments,
            variables=variables,
            needs=(OPEN_RUN, *needs),
            key=key,
            measured=None if isinstance(node, Register | Propose) else node.id,
            uses_store=self.uses_store(node),
        )
        return self._with_champion(step) if isinstance(node, Evaluate) and node.champion else step

    def inputs(self, node: Node) -> tuple[tuple[Input, ...], tuple[str, ...]]:
        """What a node reads, and the tasks that must have succeeded before."""
        found, needs = [], []
        for use in node.uses:
            found.append(self._input(use))
            needs += self._givers(use.artifact)
        return tuple(found), tuple(dict.fromkeys(needs))

    def outputs(self, node: Node) -> tuple[Output, ...]:
        """What a node gives. Nothing is copied for a check, and nothing is there where only an address is read."""
        return tuple(Output(name=give.name, path=give.artifact.id) for give in node.writes)

    def uses_store(self, node: Node) -> bool:
        """Whether a node's command reaches the object store itself, and not only through Argo."""
        checkpoints = isinstance(node, Train) and node.checkpoint is not None
        by_address = any(use.mode == "reference" for use in node.uses)
        return checkpoints or by_address or isinstance(node, Snapshot | Register | Propose)

    def champion_model(self, node: Evaluate, like: Run) -> Step:
        """The step that fetches the model that is served, so that the champion is judged as the candidate is.

        It is Fairlead's own even where the evaluation is not, so it runs in the image of `like`. It says whether there
        is a champion, without a default: what it fails to say must not read as a candidate without a rival.
        """
        why = "the served version, to be scored again on the same rows"
        return Step(
            name=CHAMPION_MODEL,
            title=CHAMPION_MODEL,
            run=fetch_champion(like),
            origin=Origin(node.id, node.place, why),
            outputs=(Output(name="model", path="champion/model", optional=True),),
            results=(Result(name="present"),),
            settings=champion_settings(self.context),
            needs=(OPEN_RUN,),
            uses_store=True,
        )

    def _with_champion(self, step: Step) -> Step:
        model = Input(name="model", source=f"tasks.{CHAMPION_MODEL}.outputs.artifacts.model", optional=True)
        return replace(
            step,
            inputs=(model, *step.inputs),
            needs=(*step.needs, CHAMPION_MODEL),
            # Only a plain `false` skips the champion and lets the gate do without it; other words end in an error.
            when=f"{{{{tasks.{CHAMPION_MODEL}.outputs.parameters.present}}}} != false",
        )

    def _input(self, use: Use) -> Input:
        plan, store = self.context.plan, self.context.store
        bytes_id = plan.bytes_of(use.artifact)
        giver = plan.nodes[plan.giver(bytes_id) or ""]
        if use.mode == "reference":
            copied = not isinstance(giver, Snapshot) or giver.materialize
            address = store.address(bytes_id) if copied or not isinstance(giver, Snapshot) else str(giver.uri)
            return Input(name=use.name, address=address)
        if isinstance(giver, Train) and giver.distributed:
            return Input(name=use.name, path=bytes_id, optional=use.optional)
        name = next(give.name for give in giver.gives if give.artifact.id == bytes_id)
        source = f"tasks.{task_name(giver.id)}.outputs.artifacts.{name}"
        return Input(name=use.name, source=source, optional=use.optional)

    def _givers(self, artifact: str) -> list[str]:
        """The task that gives an artifact's bytes, and the check that approves them."""
        plan = self.context.plan
        ids = dict.fromkeys((plan.giver(plan.bytes_of(artifact)), plan.giver(artifact)))
        return [task_name(name) for name in ids if name is not None]
