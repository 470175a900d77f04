"""One run of a pipeline's training on this machine, from its plan to its end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Final

from fairlead.local import codes
from fairlead.local.champion import Champions
from fairlead.local.digests import digest_of
from fairlead.local.engine import Engine
from fairlead.local.events import Listener, RunEnded, RunStarted, Said
from fairlead.local.history import History
from fairlead.local.lowering import steps_of
from fairlead.local.machine import Amounts, machine, wanted
from fairlead.local.options import Options
from fairlead.local.outcomes import Outcomes
from fairlead.local.step import Step
from fairlead.local.surroundings import OWN_STEPS, TRACKING_URI, Surroundings
from fairlead.output.lock import WORK, work_folder
from fairlead.plan import contract
from fairlead.plan.nodes import Train
from fairlead.plan.plan import Plan
from fairlead.remote.mlflow import embedded
from fairlead.remote.storage import uri_of
from fairlead.source.diagnostics import Diagnostic, Refused

NEEDED: Final = ("duckdb", "fsspec", "mlflow", "sklearn")
"""What a run imports, in its steps."""
STOPPED: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""The exit codes of a run that a signal ended, as shells have them."""


def code_folder(plan: Plan, root: Path) -> Path:
    """The folder of a pipeline's training code."""
    model = plan.unit.pipeline.model
    return root / str((model.code.path if model else None) or f"models/{plan.name}")


def store_of(root: Path) -> str:
    """The URI of the object store that runs on this machine write to."""
    return uri_of(root / WORK / "artifacts")


def tracking_of(root: Path, given: str | None, environ: Mapping[str, str]) -> str:
    """The URI of MLflow: the one that is given, that of the environment, or the database of this project."""
    return given or environ.get(TRACKING_URI) or embedded(root / WORK)


def run(
    plan: Plan,
    root: Path,
    listener: Listener,
    *,
    tracking_uri: str | None = None,
    options: Callable[[Mapping[str, Step]], Options] = lambda _: Options(),
    whole: Amounts | None = None,
    own: tuple[str, ...] = OWN_STEPS,
) -> RunEnded:
    """Runs the training of a plan, and tells `listener` all that happens.

    `options` gets the steps, because what a person asks of a run names some; `whole` is what the steps share, the
    machine where nothing is said; `own` is the command of Fairlead's own steps. Raises Refused for what is wrong before
    anything runs, and OSError.
    """
    began = time.monotonic()
    if not plan.trains:
        message = f"{plan.name} has no training in the environment {plan.unit.environment}"
        place = plan.unit.place("metadata", "name")
        raise Refused([Diagnostic(codes.NOTHING_TO_RUN, place, message, "name a pipeline that has `model.train`")])
    work_folder(root)
    around = Surroundings(
        pipeline=plan.name,
        code=code_folder(plan, root),
        tracking_uri=tracking_of(root, tracking_uri, os.environ),
        artifacts=store_of(root),
        own=own,
    )
    steps = steps_of(plan, root)
    chosen = options(steps)
    problems = list(_problems(plan, steps, around, chosen))
    if problems:
        raise Refused(problems)
    folder = root / WORK / "runs" / plan.name
    outcomes = Outcomes(folder)
    history = History.begin(folder / "history", _fingerprint(steps, around, chosen))
    outcomes.sweep()
    champions = Champions(root, plan.name, folder / "registered")
    whole = whole or machine()
    engine = Engine(plan, steps, around, outcomes, history, champions, whole, chosen, listener)
    listener(
        RunStarted(
            run=history.state.run,
            pipeline=plan.name,
            environment=plan.unit.environment,
            steps=tuple(step.id for step in engine.pending),
            tracking_uri=around.tracking_uri,
            artifacts=around.artifacts,
            continued=history.continued,
        )
    )
    for said in _remarks(plan, [step for step in steps.values() if chosen.wants(step.id)], whole):
        listener(said)
    try:
        with _stopped_by_signals(engine) as received:
            engine.run()
        ended = _ending(engine, history, received, time.monotonic() - began)
        if ended.status != "stopped":
            history.note(status=ended.status)
    finally:
        history.close()
    listener(ended)
    return ended


def _problems(plan: Plan, steps: Mapping[str, Step], around: Surroundings, options: Options) -> Iterator[Diagnostic]:
    """What can be known to go wrong before anything runs."""
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        message = f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed, and a run needs them"
        yield Diagnostic(
            codes.NOT_INSTALLED, plan.unit.place("model", "train"), message, "install the extra: fairlead[run]"
        )
    meant = [step for step in steps.values() if options.wants(step.id)]
    if any(step.run.built_in is None for step in meant) and not around.code.is_dir():
        place = plan.unit.place("model", "code", "path")
        message = f"the folder of the training code, {_relative(around.code)}, is not there"
        yield Diagnostic(codes.NO_CODE, place, message, "create it, or name another as `model.code.path`")
    for step in meant:
        if step.source is not None and not Path(step.source).exists():
            message = f"there is nothing at {_relative(Path(step.source))}, which `{step.id}` reads on this machine"
            yield Diagnostic(codes.NO_DATA, step.place, message, "put the data there, or remove `local`")
    told = set()
    for step in meant:
        for name in around.missing_secrets(step):
            if (step.place, name) not in told:
                told.add((step.place, name))
                message = (
                    f"the step `{step.id}` needs the secret {name}, and the environment has no variable of that name"
                )
                place = plan.unit.place(*step.node.path, "secrets", name)
                if step.trial is not None:
                    place = plan.unit.place("model", "train", "secrets", name)
                yield Diagnostic(codes.NO_SECRET, place, message, f"set {name}, then run again")


def _remarks(plan: Plan, steps: Sequence[Step], whole: Amounts) -> Iterator[Said]:
    """What of the steps of a run is different here from a cluster."""
    for step in steps:
        if step.trial is None and wanted(step.run.hardware).gpus > whole.gpus:
            yield Said(
                step=step.id, message=f"{step.id} asks for an accelerator that this machine lacks: it runs without"
            )
    for node in plan.of(Train):
        if node.distributed and any(step.node is node for step in steps):
            yield Said(
                step=node.id, message=f"{node.id} runs on this machine alone, and not on {node.distributed.nodes} nodes"
            )


def _fingerprint(steps: Mapping[str, Step], around: Surroundings, options: Options) -> str:
    """What a run asks for: an interrupted one is continued by one that asks for the same."""
    return digest_of(
        [
            [
                [step.id, list(step.run.command), dict(step.run.parameters), dict(step.run.env), step.run.seed]
                for step in steps.values()
            ],
            around.tracking_uri,
            options.use_known,
            sorted(options.again),
            options.only,
            None if options.wanted is None else sorted(options.wanted),
        ]
    )


def _ending(engine: Engine, history: History, received: list[int], seconds: float) -> RunEnded:
    """How a run went."""
    if engine.stopping:
        status, code = "stopped", STOPPED.get(signal.Signals(received[0]), 130)
    elif engine.failures:
        codes_ = [failure.exit_code for failure in engine.failures]
        code = next((each for each in (1, contract.BAD_DATA, contract.REFUSED) if each in codes_), 1)
        status = "refused" if code == contract.REFUSED else "failed"
    else:
        status, code = ("succeeded" if engine.changed else "unchanged"), 0
    register, propose = engine.outcomes.get("register"), engine.outcomes.get("propose")
    return RunEnded(
        run=history.state.run,
        status=status,
        exit_code=code,
        seconds=seconds,
        version=register.path("version") if register else None,
        candidate=propose.path("candidate") if propose else None,
    )


@contextmanager
def _stopped_by_signals(engine: Engine) -> Iterator[list[int]]:
    """Lets Ctrl-C and SIGTERM end the steps; gives the signals that came."""
    received: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        received.append(number)
        engine.stop()

    before = {number: signal.signal(number, stop) for number in STOPPED}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _relative(path: Path) -> str:
    return os.path.relpath(path)
