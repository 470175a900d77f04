"""A model's answers beside the truth, in the labels of the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fairlead.steps.answers import Model, Said
from fairlead.steps.failures import BadData, StepFailure, words_of
from fairlead.steps.metrics import Scored
from fairlead.steps.rows import LearnedFrom

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CLASSIFICATIONS = ("binary-classification", "multiclass-classification")


def features_of(model: Model, learned: LearnedFrom, columns: list[str]) -> list[str]:
    """The columns that a model is given, in order: those that it names, else the declared features, else all but the
    label. Raises BadData where the data lacks one.
    """
    if model.features is not None:
        # LightGBM writes underscores for the blanks in a name.
        spelled = {name.replace(" ", "_"): name for name in columns} | {name: name for name in columns}
        names = [spelled.get(name, name) for name in model.features]
    elif learned.columns:
        names = learned.with_role("feature")
    else:
        names = [name for name in columns if name != learned.label]
    lacking = [name for name in names if name not in columns]
    if lacking:
        listed = ", ".join(f"`{name}`" for name in lacking[:5]) + (" and more" if len(lacking) > 5 else "")
        raise BadData(
            f"the model reads {listed}, and the data has no such column", "train and judge on the same columns"
        )
    return names


def ask(model: Model, frame: pd.DataFrame, features: list[str]) -> Said:
    """What the model says of rows. Raises StepFailure with the model's own words where it fails."""
    try:
        said = model.say(frame[features])
    except (StepFailure, MemoryError):
        raise
    except Exception as error:  # whatever a stranger's model raises
        raise StepFailure(
            f"the model can't score these rows: {words_of(error)}",
            "it has to take the data's columns as they are: put encoding and scaling into the model itself",
        ) from error
    if len(said.values) != len(frame):
        raise StepFailure(f"the model gives {len(said.values)} answers for {len(frame)} rows", "give one for each row")
    return said


def scored(model: Model, frame: pd.DataFrame, learned: LearnedFrom, naive: float = math.nan) -> Scored:
    """The rows with their truth and what the model says of them; `naive` as in `Scored`."""
    if learned.label is None:
        raise StepFailure(f"{learned.task} is judged by a label, and no column has that role", "declare `role: label`")
    if learned.label not in frame.columns:
        raise BadData(f"the data has no column `{learned.label}`, which is the label", "split data that has the label")
    missing = int(frame[learned.label].isna().sum())
    if missing:
        raise BadData(f"{missing} rows have no `{learned.label}`, so nothing can be said of them", "leave them out")
    features = features_of(model, learned, [str(name) for name in frame.columns])
    said = ask(model, frame, features)
    if learned.task in CLASSIFICATIONS:
        return _classified(frame, learned, said)
    return Scored(
        learned.task,
        _as_numbers(frame[learned.label], f"the label `{learned.label}`"),
        _as_numbers(said.values, "what the model says"),
        queries=_queries(frame, learned) if learned.task == "ranking" else None,
        naive=naive,
    )


def labels_of(said: Said, learned: LearnedFrom, known: list[str]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The model's labels in the data's words, and its classes; `known` are the labels that the data has, in order."""
    import numpy as np

    own = [label_text(each) for each in _classes(said, learned, known)]
    words = _translated(own, learned, known)
    labels = [words.get(text, text) for text in map(label_text, said.values)]
    return np.array(labels, dtype=object), tuple(words.values())


def label_text(value: Any) -> str:
    """A label as text, the same for every type that it may have: `1` for 1, 1.0 and "1", `true` for True."""
    if isinstance(value, str):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _classified(frame: pd.DataFrame, learned: LearnedFrom, said: Said) -> Scored:
    import numpy as np

    truth = np.array([label_text(value) for value in frame[learned.label]], dtype=object)
    if learned.task == "binary-classification":
        said = _thresholded(said)
    _need_labels(said)
    labels, classes = labels_of(said, learned, sorted(set(truth.tolist())))
    scores = None if said.scores is None else np.asarray(said.scores, dtype=np.float64)
    if learned.task == "multiclass-classification":
        if scores is not None and scores.ndim == 1:
            scores = np.column_stack([1 - scores, scores]) if said.probabilities else None
        return Scored(learned.task, truth, labels, scores, said.probabilities and scores is not None, classes)
    positive = learned.positive or _positive(classes, truth.tolist())
    if scores is not None and scores.ndim == 2:
        if positive not in classes:
            raise StepFailure(
                f"the model knows the classes {_listed(classes)}, and the positive one is {positive!r}",
                "train with the labels of the data, or name them in order as the column's `values`",
            )
        scores = scores[:, classes.index(positive)]
    elif scores is not None and classes and classes[-1] != positive:
        scores = 1 - scores if said.probabilities else -scores
    return Scored(learned.task, truth, labels, scores, said.probabilities, classes, positive)


def _thresholded(said: Said) -> Said:
    """A single number from 0 to 1 for each row, such as a booster gives, is the probability of the positive class."""
    import numpy as np

    values = np.asarray(said.values)
    if said.scores is not None or values.dtype.kind != "f" or not ((values >= 0) & (values <= 1)).all():
        return said
    if np.isin(values, (0.0, 1.0)).all():
        return said
    return Said((values >= 0.5).astype(int), values, probabilities=True, classes=(0, 1))


def _need_labels(said: Said) -> None:
    """Raises StepFailure where a classifier answers numbers that are neither labels nor probabilities."""
    import numpy as np

    values = np.asarray(said.values)
    if said.scores is None and values.dtype.kind == "f" and not np.equal(np.mod(values, 1), 0).all():
        odd = values[np.not_equal(np.mod(values, 1), 0)][0]
        raise StepFailure(
            f"the model answers numbers such as {odd:.4g}, which are neither labels nor probabilities",
            "train it with an objective for classes: `binary:logistic`, `multi:softprob` or the like",
        )


def _classes(said: Said, learned: LearnedFrom, known: list[str]) -> tuple[Any, ...]:
    """What the model's columns stand for: their positions, where it doesn't say and answers positions."""
    import numpy as np

    if said.classes is not None:
        return said.classes
    if said.scores is None or np.ndim(said.scores) != 2:
        return tuple(sorted({label_text(value) for value in said.values}))
    ordered = np.sort(said.scores, axis=1)
    sure = ordered[:, -1] > ordered[:, -2]
    count = ordered.shape[1]
    best = np.argmax(said.scores, axis=1)[sure]
    texts = [label_text(value) for value in np.asarray(said.values)[sure]]
    if all(text == str(position) for text, position in zip(texts, best, strict=True)):
        return tuple(range(count))
    return _in_order(texts, best.tolist(), count, learned, known)


def _in_order(texts: list[str], best: list[int], count: int, learned: LearnedFrom, known: list[str]) -> tuple[str, ...]:
    """The classes of columns, by the labels that the model gives where a column has the greatest score.

    A class that it never gives has its place in a usual order: sorted, or as the column declares its values.
    """
    seen = dict(zip(best, texts, strict=True))
    if len(seen) == count == len(set(seen.values())):
        found = tuple(seen[position] for position in range(count))
    else:
        contract = learned.columns.get(learned.label or "")
        declared = [str(value) for value in contract.values] if contract and contract.values else known
        orders = {tuple(sorted({*declared, *texts})), tuple(sorted({*known, *texts})), tuple(declared)}
        fitting = [
            order
            for order in sorted(orders)
            if len(order) == count and all(order[position] == text for position, text in seen.items())
        ]
        found = fitting[0] if len(fitting) == 1 else ()
    if not found or any(found[position] != text for position, text in zip(best, texts, strict=True)):
        raise StepFailure(
            f"the model gives {count} scores for each row and does not say of which classes, and its labels don't tell",
            "save it with its classes: with MLflow, as `model.joblib`, or as ONNX with a ZipMap",
        )
    return found


def _translated(own: list[str], learned: LearnedFrom, known: list[str]) -> dict[str, str]:
    """The data's word for each of the model's classes, in the model's order.

    A model that was trained on codes, 0 and up, means the values of the column in the order in which it declares them,
    else the order of the words; of two classes the positive one is 1.
    """
    contract = learned.columns.get(learned.label or "")
    values = [str(value) for value in contract.values] if contract and contract.values else known
    codes = {"false": 0, "true": 1} | {text: int(text) for text in own if text.isdecimal() and text.isascii()}
    if set(own) <= set(values) or not all(text in codes and codes[text] < len(values) for text in own):
        return {text: text for text in own}
    if learned.positive is not None and len(values) == 2:
        values = sorted(values, key=lambda value: value == learned.positive)
    return {text: values[codes[text]] for text in own}


def _positive(classes: tuple[str, ...], truth: list[str]) -> str:
    """The positive class where nobody names it: the later of two, as scikit-learn has it."""
    return classes[-1] if len(classes) == 2 else max(truth)


def _queries(frame: pd.DataFrame, learned: LearnedFrom) -> NDArray[Any]:
    name = next((each for each in learned.with_role("id") if not learned.columns[each].unique), None)
    if name is None:
        raise StepFailure(
            "ranking is judged list by list, and no column says which row is of which list",
            "give the column of the query `role: id`, without `unique`",
        )
    import numpy as np

    return np.array([str(value) for value in frame[name]])


def _as_numbers(values: Any, what: str) -> NDArray[Any]:
    import numpy as np

    try:
        found = np.asarray(values, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise StepFailure(f"{what} is not a number everywhere: {error}", "this task is about numbers") from error
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim != 1 or not np.isfinite(found).all():
        bad = int((~np.isfinite(found)).sum()) if found.ndim == 1 else 0
        said = f"{bad} of {len(found)} are NaN or infinite" if bad else f"it has the shape {found.shape}"
        raise StepFailure(f"{what} is not one number for each row: {said}", "a model that says NaN can't be judged")
    return found


def _listed(classes: tuple[str, ...]) -> str:
    return ", ".join(repr(each) for each in classes[:6]) + (" and more" if len(classes) > 6 else "")
