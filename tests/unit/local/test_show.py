"""What a person sees of a run that is not on a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from fairlead.local import codes
from fairlead.local.events import RunEnded, RunStarted, Said, StepEnded, StepRetried, StepStarted
from fairlead.local.show import listener_for
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.places import Place

STARTED = RunStarted(
    run="run-1",
    pipeline="churn",
    environment="staging",
    steps=("split", "train"),
    tracking_uri="http://mlflow",
    artifacts="file:///tmp",
    continued=True,
)


def test_each_step_is_a_line_and_the_result_stands_on_standard_output() -> None:
    out, err = io.StringIO(), io.StringIO()
    found = Diagnostic(codes.FAILED, Place("specs/churn.yaml", 1, 1, 1, 6), "the step `train` ended with exit code 3")
    show = listener_for("text", lambda _: "train: x\n", out, err)
    with show:
        show(STARTED)
        show(Said(step=None, message="train asks for an accelerator"))
        show(StepEnded(step="split", outcome="unchanged", seconds=3.0))
        show(StepStarted(step="train", attempt=1, log=Path("train.log")))
        show(StepRetried(step="train", attempt=1, signal=9, wait=1.0))
        ended = StepEnded(
            step="train",
            outcome="failed",
            seconds=1.25,
            log=Path("train.log"),
            diagnostics=(found,),
            tail=("a\x1b[2Jb",),
        )
        show(ended)
        show(RunEnded(run="run-1", status="failed", exit_code=1, seconds=4.0))
    assert out.getvalue() == "failed after 4.0 s\n"
    lines = err.getvalue().splitlines()
    assert lines[:6] == [
        "churn: run-1, which was interrupted, of 2 steps; MLflow is http://mlflow",
        "note: train asks for an accelerator",
        "= split  unchanged",
        "> train",
        "! train: attempt 1 was killed by signal 9; again soon",
        "✗ train  failed  1.2 s",
    ]
    assert "error[FL8106]: the step `train` ended with exit code 3" in lines
    assert lines[-2] == "the end of train.log:"
    assert "\x1b" not in lines[-1], "a log can't move the cursor"
