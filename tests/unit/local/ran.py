"""A project whose training is a few small scripts, and its runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fairlead.local import attempts, engine
from fairlead.local.events import Event, RunEnded, Said, StepEnded, StepStarted
from fairlead.local.lowering import steps_of
from fairlead.local.machine import Amounts
from fairlead.local.options import Options
from fairlead.local.process import Process
from fairlead.local.run import run
from fairlead.local.step import Step
from fairlead.plan.plan import Plan
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.projects import write_project
from tests.unit.local.played import Played

OWN = (sys.executable, "-I", "-S", str(Path(__file__).with_name("own_steps.py")))
PAUSE, WAIT = 0.001, 0.01
PLENTY = Amounts(8_000, 64 << 30)
SPEC = """\
apiVersion: fairlead.dev/v1
kind: Pipeline
metadata: {name: churn, owner: growth-ml}
data:
  sources:
    customers:
      uri: s3://acme-ml/customers.csv
      local: data/customers.csv
      columns:
        id: {type: string, unique: true, role: id}
        left: {type: category, values: ["no", "yes"], positive: "yes", role: label}
  prepare:
    features: {command: [python, features.py], inputs: [customers], outputs: {features: {like: customers}}}
  split: {of: features, test: 0.2, validation: 0.2}
model:
  task: binary-classification
  train:
    command: [python, train.py]
    parameters: {accuracy: 0.9}
  evaluate:
    metrics: [accuracy]
    gates: [accuracy >= 0.8, accuracy >= champion - 0.01]
"""
TUNED = SPEC.replace(
    "  evaluate:",
    """\
  tune:
    search: grid
    over: {accuracy: [0.85, 0.95, 0.9]}
    parallel: 2
    objective: maximize accuracy
  evaluate:""",
)
FEATURES = """\
import os, shutil
shutil.copyfile(os.environ["FAIRLEAD_INPUT_CUSTOMERS"], os.environ["FAIRLEAD_OUTPUT_FEATURES"])
"""
TRAIN = """\
import json, os, pathlib
model = pathlib.Path(os.environ["FAIRLEAD_OUTPUT_MODEL"])
model.mkdir(parents=True)
accuracy = float(os.environ["FAIRLEAD_PARAM_ACCURACY"])
(model / "model.json").write_text(json.dumps({"accuracy": accuracy}))
print("trained", accuracy)
"""


class Ran:
    """A project in a folder, and what its runs said. Its steps are played, or are processes where a test asks."""

    def __init__(self, folder: Path, spec: str = SPEC, *, processes: bool = False) -> None:
        self.root = folder
        self.codes: dict[str, int] = {}
        """With which code steps end that are played, by FAIRLEAD_STEP."""
        self._process = Process if processes else Played
        write_project(folder, {"specs/churn.yaml": spec, "data/customers.csv": "id,left\n1,no\n2,yes\n"})
        self.code("features.py", FEATURES)
        self.code("train.py", TRAIN)
        self.events: list[Event] = []

    def code(self, name: str, text: str) -> None:
        """Writes a file of the training code."""
        path = self.root / "models" / "churn" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def spec(self, before: str, after: str) -> None:
        """Changes the specification."""
        path = self.root / "specs" / "churn.yaml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def control(self, **steps: Mapping[str, Any]) -> None:
        """Tells Fairlead's own steps what to do; a step's name with `_` for `/`."""
        told = {name.replace("_", "/"): what for name, what in steps.items()}
        (self.root / "control.json").write_text(json.dumps(told), encoding="utf-8")

    @property
    def plan(self) -> Plan:
        """The plan of the environment that trains."""
        found = plans(load(self.root))
        errors = [each for each in found.diagnostics if each.level == "error"]
        assert not errors, errors
        return found.of("staging")[0]

    def __call__(
        self,
        options: Callable[[Mapping[str, Step]], Options] = lambda _: Options(),
        whole: Amounts = PLENTY,
    ) -> RunEnded:
        """Runs it."""
        self.events = []
        with (
            patch.object(attempts, "Process", self._process),
            patch.object(engine, "PAUSE", PAUSE),
            patch.object(engine, "WAIT", WAIT),
            patch.object(Played, "codes", self.codes),
        ):
            return run(
                self.plan,
                self.root,
                self.events.append,
                options=options,
                whole=whole,
                own=OWN,
                tracking_uri="sqlite://",
            )

    def steps(self) -> list[str]:
        """What FAIRLEAD_STEP is in one step or another."""
        return list(dict.fromkeys(step.title for step in steps_of(self.plan, self.root).values()))

    def ended(self) -> dict[str, str]:
        """How each step of the last run ended."""
        return {event.step: event.outcome for event in self.events if isinstance(event, StepEnded)}

    def started(self) -> list[str]:
        """The steps that the last run started, in order."""
        return [event.step for event in self.events if isinstance(event, StepStarted)]

    def failure(self) -> StepEnded:
        """The only step that failed."""
        found = [event for event in self.events if isinstance(event, StepEnded) and event.diagnostics]
        assert len(found) == 1, found
        return found[0]

    def said(self) -> list[str]:
        """What was said besides."""
        return [event.message for event in self.events if isinstance(event, Said)]

    def registry(self) -> list[dict[str, Any]]:
        """What was registered, proposed and reported."""
        path = self.root / "registry.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def registered(self) -> int:
        """How many versions were registered."""
        return sum(1 for line in self.registry() if line["step"] == "register")
