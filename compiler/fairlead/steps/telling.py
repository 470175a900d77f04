"""What steps tell MLflow about the run that is open: reports as metrics, tags and files, and pictures of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairlead.remote.mlflow import RUN_ID, TRACKING_URI, Mlflow
from fairlead.steps.context import Context
from fairlead.steps.metrics import Scored
from fairlead.steps.reports import EvaluationReport, spelled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class RunLog:
    """The open run; nothing is told where no run is open, as for a step that is tried by hand."""

    mlflow: Mlflow | None
    run: str

    @classmethod
    def of(cls, context: Context) -> RunLog:
        """The run that the engine has opened, by MLflow's own variables."""
        run, uri = context.environ.get(RUN_ID), context.environ.get(TRACKING_URI)
        if not run or not uri:
            sys.stdout.write(f"nothing is told to MLflow: {RUN_ID if uri else TRACKING_URI} is not set\n")
            return cls(None, "")
        return cls(Mlflow(uri), run)

    def evaluation(self, report: EvaluationReport, champion: bool) -> None:
        """The metrics of a report, and the report itself."""
        if self.mlflow is None:
            return
        prefix = "champion/" if champion else "" if report.on == "test" else f"{report.on}/"
        values = {f"{prefix}{name}": value for name, value in report.values().items()}
        if report.rows is not None:
            values[f"{prefix}rows"] = float(report.rows)
        self.mlflow.log_metrics(self.run, values)
        folder = "champion" if champion else "evaluation" if report.on == "test" else f"{report.on}"
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
