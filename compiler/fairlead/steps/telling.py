"""What steps tell MLflow about the run that is open: reports as metrics, tags and files, and pictures of them.

MLflow is where people look, and no step reads what another has told it. A step that refuses, or that has given what it
is for, doesn't fail for lack of an MLflow: it says so and goes on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairlead.project.lock import StepUsage
from fairlead.project.registration import USAGE
from fairlead.project.usage import MIB
from fairlead.remote.failures import RemoteFailure
from fairlead.remote.mlflow import RUN_ID, TRACKING_URI, DatasetInput, Mlflow
from fairlead.steps.context import Context
from fairlead.steps.metrics import Scored
from fairlead.steps.reports import EvaluationReport, spelled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GATE_TAG: Final = "fairlead.gate"
TRIAL_TAG: Final = "fairlead.trial"
BEST_TAG: Final = "fairlead.best_trial"


@dataclass(frozen=True)
class RunLog:
    """The open run; nothing is told where no run is open, as for a step that is tried by hand."""

    mlflow: Mlflow | None
    run: str

    @classmethod
    def of(cls, context: Context) -> RunLog:
        """The run that the engine has opened, by MLflow's own variables."""
        run, uri = context.environ.get(RUN_ID), context.environ.get(TRACKING_URI)
        return cls(Mlflow(uri), run) if run and uri else cls(None, "")

    def verdict(self, passed: bool, report: str, judged: EvaluationReport) -> None:
        """What the gate said, as a tag and a file; and the report that it judged, where an evaluator of the user's own
        wrote it: the built-in one, which names the task, has told MLflow itself.
        """
        if self.mlflow is None:
            return
        with _only_said():
            if judged.task is None:
                self.evaluation(judged, champion=False)
            self.mlflow.set_tags(self.run, {GATE_TAG: "passed" if passed else "refused"})
            self.mlflow.log_text(self.run, report, "gate/verdict.json")

    def dataset(self, name: str, digest: str, uri: str) -> None:
        """What was read of a source."""
        if self.mlflow is None:
            return
        with _only_said():
            self.mlflow.log_dataset(self.run, DatasetInput(name, digest, uri, "training"))

    def search(self, trials: Mapping[int, Mapping[str, Any]], best: int) -> None:
        """The parameters of every trial, as far as the training has not told them itself; and which is the best."""
        if self.mlflow is None:
            return
        with _only_said():
            for child in self.mlflow.children(self.run):
                index = child.tags.get(TRIAL_TAG, "")
                told = trials.get(int(index), {}) if index.isdecimal() else {}
                self.mlflow.log_params(child.id, {key: value for key, value in told.items() if key not in child.params})
            self.mlflow.set_tags(self.run, {BEST_TAG: str(best)})

    def training(self, model: Path) -> None:
        """The numbers in the `metrics.json` that training may leave in its model's folder."""
        path = model / "metrics.json"
        if self.mlflow is None or not path.is_file():
            return
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            sys.stderr.write(f"warning: the model's metrics.json can't be read: {error}\n")
            return
        pairs = content.items() if isinstance(content, dict) else ()
        numbers = {name: value for name, value in pairs if isinstance(value, int | float)}
        with _only_said():
            self.mlflow.log_metrics(self.run, {f"training/{name}": float(value) for name, value in numbers.items()})

    def usage(self, found: Mapping[str, StepUsage]) -> None:
        """What steps used, as the metrics `usage/<step>/memory_mib`, `usage/<step>/cpu_seconds` and
        `usage/<step>/seconds`; and how each was measured, as the tag `fairlead.usage`.
        """
        if self.mlflow is None or not found:
            return
        values: dict[str, float] = {}
        for step, used in found.items():
            values[f"usage/{step}/memory_mib"] = used.memory.bytes / MIB
            if used.cpu is not None:
                values[f"usage/{step}/cpu_seconds"] = float(used.cpu.seconds)
            if used.time is not None:
                values[f"usage/{step}/seconds"] = float(used.time.seconds)
        how = {step: used.measured for step, used in found.items()}
        with _only_said():
            self.mlflow.log_metrics(self.run, values)
            self.mlflow.set_tags(self.run, {USAGE: json.dumps(how, sort_keys=True)})

    def evaluation(self, report: EvaluationReport, champion: bool) -> None:
        """The metrics of a report, and the report itself."""
        if self.mlflow is None:
            sys.stdout.write("nothing is told to MLflow: no run is open\n")
            return
        part = report.on or "test"
        prefix = "champion/" if champion else "" if part == "test" else f"{part}/"
        values = {f"{prefix}{name}": value for name, value in report.values().items()}
        if report.rows is not None:
            values[f"{prefix}rows"] = float(report.rows)
        self.mlflow.log_metrics(self.run, values)
        folder = "champion" if champion else "evaluation" if part == "test" else part
        text = json.dumps(spelled(report.model_dump(mode="python", exclude_none=True)), indent=2, sort_keys=True)
        self.mlflow.log_text(self.run, text + "\n", f"{folder}/report.json")

    def pictures(self, found: Scored, champion: bool) -> None:
        """Pictures of what a model says beside the truth."""
        if self.mlflow is None:
            return
        folder = "champion" if champion else "evaluation"
        for name, draw in _PICTURES.get(found.task, {}).items():
            figure = _figure()
            if draw(found, figure):
                self.mlflow.log_figure(self.run, figure, f"{folder}/{name}.png")


@contextmanager
def _only_said() -> Iterator[None]:
    """What goes wrong is said, and is no failure of the step."""
    try:
        yield
    except RemoteFailure as failure:
        sys.stderr.write(f"warning: {failure.message}\n")


def _figure() -> Figure:
    # Without pyplot, which keeps every figure and looks for a display.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 5.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _confusion(found: Scored, figure: Figure) -> bool:
    """How many rows of each class are said to be of which."""
    from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

    names = sorted({*found.truth.tolist(), *found.said.tolist()})
    if len(names) > 40:
        return False
    counts = confusion_matrix(found.truth, found.said, labels=names)
    axes = figure.subplots()
    ConfusionMatrixDisplay(counts, display_labels=names).plot(
        ax=axes, cmap="Blues", xticks_rotation="vertical" if len(names) > 6 else "horizontal", colorbar=False
    )
    axes.set_title(f"Truth and prediction, {len(found)} rows")
    return True


def _calibration(found: Scored, figure: Figure) -> bool:
    """Whether what is said to happen in a share of cases does: for two classes, the positive one."""
    if not found.probabilities or found.scores is None or len(found) < 20:
        return False
    from sklearn.calibration import calibration_curve

    if found.positive is not None:
        happened, said, what = found.truth == found.positive, found.scores, f"`{found.positive}`"
    else:
        happened, said, what = found.truth == found.said, found.scores.max(axis=1), "the predicted class"
    seen, expected = calibration_curve(happened, said.clip(0, 1), n_bins=min(10, len(found) // 10), strategy="quantile")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="perfect")
    axes.plot(expected, seen, marker="o", label="model")
    axes.set(xlabel=f"Predicted probability of {what}", ylabel="Observed share", xlim=(0, 1), ylim=(0, 1))
    axes.set_title(f"Calibration, {len(found)} rows")
    axes.legend()
    return True


def _residuals(found: Scored, figure: Figure) -> bool:
    """What is said beside the truth, row by row."""
    step = max(1, len(found) // 5000)
    axes = figure.subplots()
    axes.scatter(found.truth[::step], found.said[::step], s=8, alpha=0.4)
    low, high = float(min(found.truth.min(), found.said.min())), float(max(found.truth.max(), found.said.max()))
    axes.plot([low, high], [low, high], color="0.5", linestyle="--")
    axes.set(xlabel="Truth", ylabel="Prediction")
    axes.set_title(f"Truth and prediction, {len(found)} rows")
    return True


_PICTURES: dict[str, dict[str, Callable[[Scored, Any], bool]]] = {
    "binary-classification": {"confusion": _confusion, "calibration": _calibration},
    "multiclass-classification": {"confusion": _confusion, "calibration": _calibration},
    "regression": {"residuals": _residuals},
    "forecasting": {"residuals": _residuals},
}
