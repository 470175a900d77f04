"""Scores a dataset with the version that is served, instead of a server.

Every row of the input comes back with all of its columns, the model's answer in `prediction`, the probability of each
class where the model gives them, and the version's number in `model_version`. Rows are read and written a piece at a
time. A run writes below a folder of its own, so a second attempt replaces what the first has left and no other run's.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairlead.plan.contract import CHAMPION_DIGEST, CHAMPION_URI, CHAMPION_VERSION
from fairlead.remote.failures import Missing
from fairlead.remote.storage import Store
from fairlead.steps import models, rows
from fairlead.steps.answers import Model, Said
from fairlead.steps.context import Context
from fairlead.steps.failures import BadData, StepFailure
from fairlead.steps.fetch_champion import fetched
from fairlead.steps.scoring import CLASSIFICATIONS, ask, features_of, labels_of

if TYPE_CHECKING:
    import pandas as pd

MODEL_URI: Final = "FAIRLEAD_MODEL_URI"
"""The address of a model that is used without training."""
PREDICTION: Final = "prediction"
MODEL_VERSION: Final = "model_version"


class Parameters(rows.LearnedFrom):
    """What the step is told."""

    input: str
    """The URI of the rows to score."""
    output: str
    """The URI of the folder that predictions go below."""


def run(context: Context) -> None:
    """Writes the predictions. Raises BadData where the rows are not as the model reads them."""
    parameters = context.read_parameters(Parameters)
    with tempfile.TemporaryDirectory(prefix="fairlead-model-") as folder:
        version = _fetch(context, Path(folder) / "model")
        model = models.load(Path(folder) / "model", parameters.framework)
        target = Store(f"{parameters.output.rstrip('/')}/{context.run_id}/")
        format_ = parameters.format or "parquet"
        contracts = {name: column for name, column in parameters.columns.items() if name != parameters.label}
        count = 0
        try:
            with rows.opened(parameters.input, format_, contracts) as data:
                features = features_of(model, parameters, data.columns)
                _hold_names(data.columns)
                for number, piece in enumerate(data.pieces()):
                    scored = _scored(model, piece, features, parameters, version)
                    target.write(f"part-{number:05d}.{format_}", encoded(scored, format_))
                    count += len(piece)
        except Missing as error:
            raise BadData(f"there is nothing to score: {error.message}", error.help) from error
    sys.stdout.write(f"{count} rows of {parameters.input} are scored by version {version}, to {target.uri}\n")


def encoded(frame: pd.DataFrame, format: str) -> bytes:  # noqa: A002
    """Rows in a format of the language."""
    import io

    stream = io.BytesIO()
    if format == "csv":
        frame.to_csv(stream, index=False)
    elif format == "jsonl":
        frame.to_json(stream, orient="records", lines=True, date_format="iso", date_unit="us")
    else:
        frame.to_parquet(stream, index=False)
    return stream.getvalue()


def _fetch(context: Context, target: Path) -> str:
    """Copies the model and gives its version. Raises StepFailure where there is none, or other bytes."""
    uri, digest = context.environ.get(CHAMPION_URI), context.environ.get(CHAMPION_DIGEST)
    if uri and digest:
        version = context.environ.get(CHAMPION_VERSION) or digest
        fetched(uri, digest, f"version {version}", target)
        return version
    source = context.environ.get(MODEL_URI)
    if source:
        Store(source.rstrip("/") + "/").download(target)
        return source
    raise StepFailure("there is no version to score with", "lock the first one: `fairlead lock`")


def _hold_names(columns: list[str]) -> None:
    taken = [name for name in (PREDICTION, MODEL_VERSION) if name in columns]
    if taken:
        listed = " and ".join(f"`{name}`" for name in taken)
        raise BadData(f"the rows have {listed} already, which scoring adds", "rename the column in the input")


def _scored(
    model: Model, piece: pd.DataFrame, features: list[str], parameters: Parameters, version: str
) -> pd.DataFrame:
    if piece.empty:
        return piece.assign(**{PREDICTION: [], MODEL_VERSION: []})
    said = ask(model, piece, features)
    answers: dict[str, Any] = {**dict(_answers(said, parameters)), MODEL_VERSION: version}
    return piece.assign(**answers)


def _answers(said: Said, parameters: Parameters) -> Iterator[tuple[str, object]]:
    if parameters.task not in CLASSIFICATIONS:
        yield PREDICTION, said.values
        return
    contract = parameters.columns.get(parameters.label or "")
    declared = [str(value) for value in contract.values] if contract and contract.values else []
    labels, classes = labels_of(said, parameters, declared)
    yield PREDICTION, labels
    if said.probabilities and said.scores is not None and said.scores.ndim == 2:
        for position, name in enumerate(classes):
            yield f"probability_{name}", said.scores[:, position]
