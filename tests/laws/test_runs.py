"""Laws of runs on this machine: whatever fails, nothing is registered that no gate has passed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings, strategies as st

from fairlead.local.events import StepEnded, StepStarted
from fairlead.local.options import Options
from fairlead.local.step import Step
from fairlead.plan.nodes import Decide
from tests.unit.local.ran import Ran

ENDS = st.one_of(
    st.just(0),
    st.sampled_from([1, 2, 3, 10, 11, 134, 137, 143, -6, -9, -11, -15]),
)
"""Exit codes: those of the contract, of users, and of what is killed."""
ACCURACIES = st.sampled_from([0.5, 0.79, 0.8, 0.85, 0.9, 0.97])
WRITES = st.sampled_from(["whole", "whole", "whole", "nothing", "nan", "nonsense"])
TUNE = """\
  tune: {search: grid, over: {accuracy: [ACCURACIES]}, parallel: PARALLEL, objective: maximize accuracy}
"""


@st.composite
def trainings(draw: st.DrawFn) -> str:
    """A specification: a chain or a fan of steps, with or without a search, a gate and a comparison."""
    steps = draw(st.integers(0, 3))
    fan = draw(st.booleans())
    lines = []
    for index in range(steps):
        given_ = "customers" if fan or index == 0 else f"table{index - 1}"
        lines.append(
            f"    step{index}: {{command: [python, copy.py], inputs: [{given_}], "
            f"outputs: {{table{index}: {{like: customers}}}}, retries: {draw(st.integers(0, 1))}}}\n"
        )
    prepared = "  prepare:\n" + "".join(lines) if lines else ""
    last = f"table{steps - 1}" if steps else "customers"
    gates = draw(
        st.lists(st.sampled_from(["accuracy >= 0.8", "accuracy >= champion - 0.01", "accuracy >= 0.9"]), unique=True)
    )
    others = ", ".join(f"table{index}" for index in range(steps - 1)) if fan else ""
    accuracies = draw(st.lists(ACCURACIES, min_size=1, max_size=3, unique=True))
    parallel = draw(st.integers(1, 3))
    tune = TUNE.replace("ACCURACIES", ", ".join(map(str, accuracies))).replace("PARALLEL", str(parallel))
    return (
        "apiVersion: fairlead.dev/v1\nkind: Pipeline\nmetadata: {name: churn, owner: growth-ml}\n"
        "data:\n  sources:\n    customers:\n      uri: s3://acme-ml/customers.csv\n      local: data/customers.csv\n"
        '      columns: {id: {type: string, unique: true, role: id}, left: {type: category, values: ["no", "yes"], '
        'positive: "yes", role: label}}\n'
        f"{prepared}  split: {{of: {last}, test: 0.2, validation: 0.2}}\n"
        "model:\n  task: binary-classification\n"
        f"  train: {{command: [python, train.py], inputs: [{others}], parameters: {{accuracy: {accuracies[0]}}}}}\n"
        f"{tune if draw(st.booleans()) else ''}"
        f"  evaluate: {{metrics: [accuracy], gates: [{', '.join(gates)}]}}\n"
    )


COPY = """\
import os
[given] = [path for name, path in os.environ.items() if name.startswith("FAIRLEAD_INPUT_")]
[out] = [path for name, path in os.environ.items() if name.startswith("FAIRLEAD_OUTPUT_")]
with open(given) as read, open(out, "w") as write:
    write.write(read.read())
"""


@given(st.data())
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_nothing_is_registered_without_a_gate_that_passed_nor_after_a_failure(data: st.DataObject) -> None:
    folder = Path(tempfile.mkdtemp(prefix="fairlead-runs-"))
    try:
        ran = Ran(folder, data.draw(trainings()))
        ran.code("copy.py", COPY)
        steps = ran.steps()
        bounds = [Decimal(gate.split()[-1]) for gate in gates_of(ran) if "champion" not in gate]
        for _ in range(data.draw(st.integers(1, 3))):
            failing = data.draw(st.lists(st.sampled_from(steps), max_size=2, unique=True))
            ran.codes = {step: data.draw(ENDS) for step in failing}
            writes = data.draw(WRITES)
            ran.control(evaluate={"writes": writes})
            before = ran.registry()
            ended = ran(always(Options(use_known=data.draw(st.booleans()))))
            judge(ran, ran.registry()[len(before) :], ended.exit_code, bounds)
            assert ran.registry()[: len(before)] == before, "what was registered before is as it was"
    finally:
        shutil.rmtree(folder)


def always(options: Options) -> Callable[[Mapping[str, Step]], Options]:
    """The same options, whatever the steps are."""
    return lambda _: options


def gates_of(ran: Ran) -> list[str]:
    """The clauses of the specification."""
    gate = ran.plan.only(Decide)
    assert gate is not None
    return [str(clause) for clause in gate.gates]


def judge(ran: Ran, written: list[dict[str, Any]], exit_code: int, bounds: list[Decimal]) -> None:
    """Holds one run to the law by what it left, and not by what the engine says of itself."""
    ends = [event for event in ran.events if isinstance(event, StepEnded)]
    failed = [event for event in ends if event.outcome in ("failed", "refused")]
    assert (exit_code == 0) == (not failed)
    for line in written:
        if line["step"] == "register":
            assert line["passed"]
            assert all(Decimal(str(line["accuracy"])) >= bound for bound in bounds)
    if failed:
        position = ran.events.index(failed[0])
        later = [event.step for event in ran.events[position:] if isinstance(event, StepStarted)]
        assert set(later) <= {"report"}, "after a failure nothing starts but the report of it"
        assert not failed[0].step.startswith(("open-run", "train", "evaluate", "gate")) or not any(
            line["step"] in ("register", "propose") for line in written
        )
