"""Runs steps as the graph, the cores and the memory allow, until all have ended or one has failed.

One thread looks at everything in turn. A step runs once what it needs has an outcome; what it gives is kept before
anything that reads it starts. After a failure nothing more is started, and what is running is let finish, as in a
cluster: its outcome is kept, and nothing after a failure is registered, promoted or overwritten.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fairlead.local import codes, explaining
from fairlead.local.attempts import Again, Attempt, Stopped, Succeeded, judge, start, tidy
from fairlead.local.champion import Champions
from fairlead.local.events import Listener, StepEnded, StepRetried, StepStarted
from fairlead.local.history import History
from fairlead.local.machine import Amounts, wanted
from fairlead.local.options import Options
from fairlead.local.outcomes import Outcome, Outcomes
from fairlead.local.preparing import Prepared, prepare, write_usage
from fairlead.local.step import Step
from fairlead.local.surroundings import Surroundings
from fairlead.local.turns import Turns
from fairlead.plan import contract
from fairlead.plan.companions import CHAMPION_MODEL, OPEN_RUN, REPORT
from fairlead.plan.nodes import Register, Tune
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Diagnostic

PAUSE: Final = 0.02
"""Seconds between two looks."""
WAIT: Final = 1.0
"""Seconds before the second attempt of a step that was killed; twice as long before each further one."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that did not succeed."""

    step: Step
    exit_code: int
    """10 and 11 as the contract has them, else 1."""


class Engine:
    """One run of a plan's steps. `run` is to be called once."""

    def __init__(
        self,
        plan: Plan,
        steps: Mapping[str, Step],
        around: Surroundings,
        outcomes: Outcomes,
        history: History,
        champions: Champions,
        whole: Amounts,
        options: Options,
        listener: Listener,
    ) -> None:
        self.plan = plan
        self.steps = steps
        self.around = around
        self.store = outcomes
        self.history = history
        self.champions = champions
        self.whole = whole
        self.options = options
        self.listener = listener
        self.outcomes: dict[str, Outcome] = {}
        self.left_out: set[str] = set()
        self.failures: list[Failure] = []
        self.stopping = 0
        """How often somebody asked for an end."""
        self._running: dict[str, Attempt] = {}
        self._prepared: dict[str, Prepared] = {}
        self._turns = Turns(outcomes, listener)
        self._attempts: Counter[str] = Counter()
        self._not_before: dict[str, float] = {}
        self._ran: set[str] = set()
        self._champion: dict[str, str] = {}
        around_all = {OPEN_RUN, REPORT}
        self.pending = [
            step
            for step in steps.values()
            if step.id not in around_all and (options.wanted is None or step.id in options.wanted)
        ]

    @property
    def changed(self) -> bool:
        """Whether anything is new, beyond that data was looked at again."""
        return any(self.steps[name].logs and not outcome.unchanged for name, outcome in self.outcomes.items())

    def run(self) -> None:
        """Runs everything; afterwards `outcomes`, `failures` and `stopping` say how it went. Raises OSError."""
        try:
            while self.pending or self._running:
                moved = self._look_after()
                if self.stopping or self.failures:
                    self.pending = []
                    self._end_what_started_late()
                else:
                    moved = self._start_what_can() or moved
                if not moved:
                    time.sleep(PAUSE)
            if not self.stopping:
                self._report()
        finally:
            for attempt in self._running.values():
                attempt.process.stop(0)
            self._turns.end()

    def stop(self) -> None:
        """Asks all steps to end; the second time, ends them."""
        self.stopping += 1
        for attempt in self._running.values():
            attempt.process.stop() if self.stopping == 1 else attempt.process.stop(0)

    def _end_what_started_late(self) -> None:
        """Ends what was being started when somebody asked for an end."""
        for attempt in self._running.values():
            if self.stopping and not attempt.process.asked:
                attempt.process.stop()

    # Starting

    def _start_what_can(self) -> bool:
        moved = False
        for step in list(self.pending):
            if self.failures or self.stopping:
                break
            if all(need in self.outcomes or need in self.left_out for need in step.needs):
                moved = self._advance(step) or moved
        return moved

    def _advance(self, step: Step) -> bool:
        """Moves a step on whose needs have ended: it is left out, known, or started; or it has to wait."""
        if step.unless_absent and self.outcomes[step.unless_absent].results["present"] == "false":
            self.pending.remove(step)
            self.left_out.add(step.id)
            self.listener(StepEnded(step=step.id, outcome="left-out", seconds=0.0))
            return True
        if self._not_before.get(step.id, 0.0) > time.monotonic() or not self._turns.may_release(step):
            return False
        prepared = self._prepare(step)
        if prepared is None or not self._turns.may_work(step, prepared.key):
            return False
        known = self.store.get(prepared.key) if self._may_be_known(step) else None
        if known is not None:
            self.pending.remove(step)
            self._end(step, known)
            return True
        if self.options.only and step.id not in self.options.again:
            message = f"`{step.id}` has not run with the present code, parameters and data"
            help_ = f"run without --only, or with --from {step.node.id}"
            self._fail(step, Diagnostic(codes.NOT_KNOWN, step.place, message, help_))
            return True
        amounts = self._amounts(step)
        if not self._has_room(step, amounts):
            return False
        run, mlflow_run = self._run_of(step)
        if step.logs and mlflow_run is None:
            return self._open_run()
        self.pending.remove(step)
        self._start(step, prepared, amounts, run, mlflow_run)
        return True

    def _prepare(self, step: Step) -> Prepared | None:
        if step.id not in self._prepared:
            try:
                if step.champion:
                    self._champion = self.champions.variables(self._candidate())
                self._prepared[step.id] = prepare(step, self.outcomes, self.around, self._champion)
            except OSError as error:
                message = (
                    f"what the step `{step.id}` depends on can't be read: {error.strerror or error}: {error.filename}"
                )
                self._fail(step, Diagnostic(codes.FAILED, step.place, message, "check the file and its rights"))
                return None
        return self._prepared[step.id]

    def _may_be_known(self, step: Step) -> bool:
        return step.remembered and self.options.use_known and step.id not in self.options.again

    def _amounts(self, step: Step) -> Amounts:
        asked = wanted(step.run.hardware).bounded(self.whole)
        return replace(asked, millis=0) if self.options.jobs is not None else asked

    def _has_room(self, step: Step, amounts: Amounts) -> bool:
        running = list(self._running.values())
        if self.options.jobs is not None and len(running) >= self.options.jobs:
            return False
        if step.group is not None and isinstance(step.node, Tune):
            together = sum(1 for name in self._running if self.steps[name].group == step.group)
            if together >= step.node.parallel:
                return False
        return not running or sum((each.amounts for each in running), amounts).fits(self.whole)

    def _run_of(self, step: Step) -> tuple[str, str | None]:
        """The run that a step belongs to, and MLflow's: what follows a training belongs to the run that trained."""
        state = self.history.state
        trained = self.outcomes.get("train")
        if step.after_training and trained is not None and trained.mlflow_run is not None:
            return trained.run, trained.mlflow_run
        if step.trial is not None and step.trial < len(state.trials):
            return state.run, state.trials[step.trial]
        return state.run, state.mlflow_run

    def _open_run(self) -> bool:
        """Opens the run in MLflow, once a step needs it: a run in which nothing changes leaves none."""
        if OPEN_RUN in self._running:
            return False
        step = self.steps[OPEN_RUN]
        tune = self.plan.only(Tune)
        if tune is not None and all(f"tune/{index}" in self.outcomes for index in range(len(tune.trials))):
            step = replace(step, run=replace(step.run, parameters={**step.run.parameters, "trials": 0}))
        prepared = prepare(step, {}, self.around, {})
        self._start(step, prepared, Amounts(0, 0), self.history.state.run, None)
        return True

    def _start(self, step: Step, prepared: Prepared, amounts: Amounts, run: str, mlflow_run: str | None) -> None:
        self._attempts[step.id] += 1
        number, log = self._attempts[step.id], self.history.log(step.file_name)
        if number == 1:
            log.unlink(missing_ok=True)
        self._ran.add(step.id)
        self.listener(StepStarted(step=step.id, attempt=number, log=log))
        work = self.history.work(step.file_name)
        more = self._own_variables(step, prepared, work)
        started = start(step, prepared, self.around, work=work, log=log, run=run, mlflow_run=mlflow_run, more=more)
        if isinstance(started, Diagnostic):
            self._fail(step, started, log=log)
            return
        self._running[step.id] = Attempt(prepared, started, work, log, number, amounts, run, mlflow_run)

    def _own_variables(self, step: Step, prepared: Prepared, work: Path) -> dict[str, str]:
        found = {}
        if isinstance(step.node, Register):
            # No part of what the step is known by: the same model is the same version, whatever it took to make it.
            measured = {
                name: outcome.usage
                for name, outcome in self.outcomes.items()
                if outcome.usage is not None and name not in (OPEN_RUN, CHAMPION_MODEL)
            }
            found[contract.input_variable(contract.USAGE_INPUT)] = str(write_usage(measured, work / "in"))
        if step.id in (OPEN_RUN, REPORT):
            found[contract.TRIGGER] = "manual"
        if step.id == REPORT:
            found[contract.STATUS] = "Failed" if self.failures else "Succeeded"
        if step.checkpoints:
            folder = self.store.folder / "checkpoints" / prepared.key
            folder.mkdir(parents=True, exist_ok=True)
            found[contract.CHECKPOINTS] = str(folder)
        return found

    # Looking after what runs

    def _look_after(self) -> bool:
        moved = False
        for name, attempt in list(self._running.items()):
            code = attempt.process.poll()
            if code is not None:
                del self._running[name]
                self._ended(self.steps[name], attempt, code)
                moved = True
        return moved

    def _ended(self, step: Step, attempt: Attempt, code: int) -> None:
        """Goes by what an attempt's end means."""
        verdict = judge(step, attempt, code, self.plan, stopping=bool(self.stopping))
        if isinstance(verdict, Succeeded):
            self._succeeded(verdict.step, attempt)
        elif isinstance(verdict, Again):
            self._try_again(step, attempt, verdict.signal)
        elif isinstance(verdict, Stopped):
            self._turns.done(step)
            seconds = attempt.process.seconds
            self.listener(StepEnded(step=step.id, outcome="stopped", seconds=seconds, log=attempt.log))
        else:
            self._fail(step, *verdict.found, log=attempt.log, attempt=attempt, code=code)

    def _succeeded(self, step: Step, attempt: Attempt) -> None:
        """Keeps what the step gave, before anything that reads it can start."""
        tidy(attempt)
        outcome = self.store.put(
            attempt.prepared.key,
            attempt.work,
            step,
            run=attempt.run,
            mlflow_run=attempt.mlflow_run,
            seconds=attempt.process.seconds,
            usage=attempt.process.used.as_measured() if attempt.process.used is not None else None,
        )
        if step.checkpoints:
            shutil.rmtree(self.store.folder / "checkpoints" / attempt.prepared.key, ignore_errors=True)
        if step.id == OPEN_RUN:
            trials = json.loads(outcome.results.get("trials") or "[]")
            self.history.note(mlflow_run=outcome.results["run"], trials=tuple(each["run"] for each in trials))
        self._end(step, outcome)

    def _end(self, step: Step, outcome: Outcome) -> None:
        self.outcomes[step.id] = outcome
        if isinstance(step.node, Register):
            self.champions.registered(self._candidate(), self._champion, outcome)
        self._turns.done(step)
        self.listener(
            StepEnded(
                step=step.id,
                outcome="unchanged" if outcome.unchanged else "done",
                seconds=outcome.seconds,
                log=outcome.log,
                results=outcome.results,
                memory=outcome.usage["memory"] if outcome.usage is not None else None,
            )
        )

    def _try_again(self, step: Step, attempt: Attempt, signal: int) -> None:
        """Lets another attempt follow. What waits for `open-run` starts it again; a report is not tried again."""
        wait = WAIT * 2 ** (attempt.number - 1)
        self._not_before[step.id] = time.monotonic() + wait
        shutil.rmtree(attempt.work, ignore_errors=True)
        if step.id == REPORT:
            found = explaining.of_kill(step, signal, attempt.number, memory=False)
            self._fail(step, found, log=attempt.log, attempt=attempt)
            return
        if step.id != OPEN_RUN:
            self.pending.append(step)
        self.listener(StepRetried(step=step.id, attempt=attempt.number, signal=signal, wait=wait))

    def _fail(
        self, step: Step, *found: Diagnostic, log: Path | None = None, attempt: Attempt | None = None, code: int = 1
    ) -> None:
        final = code if code in (contract.REFUSED, contract.BAD_DATA) else 1
        self.failures.append(Failure(step, final))
        if step in self.pending:
            self.pending.remove(step)
        self._turns.done(step)
        self.listener(
            StepEnded(
                step=step.id,
                outcome="refused" if final == contract.REFUSED else "failed",
                seconds=attempt.process.seconds if attempt else 0.0,
                log=log,
                exit_code=code if attempt else None,
                diagnostics=found,
                tail=explaining.tail(log) if log is not None and final != contract.REFUSED else (),
            )
        )

    def _candidate(self) -> str | None:
        trained = self.outcomes.get("train")
        return trained.outputs.get("model") if trained is not None else None

    # The end

    def _report(self) -> None:
        """Tells MLflow how the runs ended that this one has written to."""
        trained = self.outcomes.get("train")
        runs = {self.history.state.run: self.history.state.mlflow_run}
        if trained is not None and any(self.steps[name].after_training for name in self._ran):
            runs[trained.run] = trained.mlflow_run
        step = self.steps[REPORT]
        for run, mlflow_run in runs.items():
            if mlflow_run is None:
                continue
            self._start(step, prepare(step, {}, self.around, {}), Amounts(0, 0), run, mlflow_run)
            while self._running:
                if not self._look_after():
                    time.sleep(PAUSE)
