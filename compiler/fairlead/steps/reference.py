"""The statistics of the data that a model learned from, which drift is measured against.

`register` makes them from the training split and keeps them below the project's artifacts, at `models/<name>/reference-
<digest>.json`; the lock has their address and digest, and `drift` and `quality` read them. They are JSON:

```json
{"version": 1, "rows": 455, "inputs": ["mean_radius", "age_band"],
 "features": {"mean_radius": {"kind": "numbers", "missing": 2, "values": [6.98, 7.69], "counts": [1, 3]},
              "age_band": {"kind": "categories", "missing": 0, "counts": {"over-60": 120, "40-60": 200}}},
 "answers": {"classes": ["benign", "malignant"], "positive": 1},
 "prediction": {"kind": "numbers", "missing": 0, "values": [0.01, 0.98], "counts": [300, 155]}}
```

Numbers are kept as a weighted sample: every distinct value with its count where there are at most `SAMPLE` of them, and
otherwise `SAMPLE` groups of neighbours of nearly equal size, each by its greatest value. The distribution function is
then exact at every value that is kept, and off by less than 1 / `SAMPLE` between two of them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError, model_validator

from fairlead.catalogue.drift import CATEGORICAL, NUMERIC
from fairlead.spec.base import Items, Section
from fairlead.steps.failures import StepFailure
from fairlead.steps.tables import Table
from fairlead.steps.values import missing_or, number_of, text_of

SAMPLE: Final = 4096
"""The most values of a weighted sample."""
MOST_CATEGORIES: Final = 1000
"""The most categories that are told apart; the rest are counted together under `OTHERS`."""
OTHERS: Final = "(others)"


class Numbers(Section):
    """The distribution of a numeric column."""

    kind: Literal["numbers"] = "numbers"
    missing: Annotated[int, Field(ge=0)] = 0
    """How many values were missing."""
    values: Items[float]
    """The values of the sample, in order, each once."""
    counts: Items[Annotated[int, Field(gt=0)]]
    """How many rows each value stands for."""

    @model_validator(mode="after")
    def _agrees(self) -> Numbers:
        if len(self.values) != len(self.counts):
            raise ValueError("there are not as many counts as values")
        if any(a >= b for a, b in zip(self.values, self.values[1:], strict=False)):
            raise ValueError("the values are not in order")
        return self

    @property
    def total(self) -> int:
        """How many values were there."""
        return sum(self.counts)


class Categories(Section):
    """The distribution of a column of few values without an order."""

    kind: Literal["categories"] = "categories"
    missing: Annotated[int, Field(ge=0)] = 0
    """How many values were missing."""
    counts: dict[str, Annotated[int, Field(gt=0)]]
    """How many rows have each value."""

    @property
    def total(self) -> int:
        """How many values were there."""
        return sum(self.counts.values())


Distribution = Annotated[Numbers | Categories, Field(discriminator="kind")]


class Answers(Section):
    """How a model's answer is read, where it is a list of probabilities."""

    classes: Items[str] = ()
    """The classes, in the order of the probabilities."""
    positive: Annotated[int, Field(ge=0)] | None = None
    """The position of the positive class, for a binary classification."""

    def prediction(self, answer: Any) -> float | str | None:
        """What is watched of an answer: the number, the label, the positive class's probability, or the class of the
        greatest one. None where it is none of these.
        """
        if isinstance(answer, Sequence) and not isinstance(answer, str):
            numbers = [number_of(each) for each in answer]
            if len(numbers) == 1:
                return number_of(answer[0]) if numbers[0] is not None else text_of(answer[0])
            known = [each for each in numbers if each is not None]
            if not known or len(known) < len(numbers):
                return None
            if self.positive is not None and self.positive < len(known):
                return known[self.positive]
            best = known.index(max(known))
            return self.classes[best] if best < len(self.classes) else str(best)
        if isinstance(answer, str):
            return answer
        return self._label(answer) or number_of(answer)

    def _label(self, answer: Any) -> str | None:
        """The class that a whole number or a truth value is: by its name, or by its place, as a model of codes has it.

        A number with a point is a probability where there is a positive class.
        """
        if not self.classes or (isinstance(answer, float) and (self.positive is not None or not answer.is_integer())):
            return None
        name = text_of(answer)
        if name in self.classes:
            return name
        return self.classes[int(name)] if name.isdecimal() and int(name) < len(self.classes) else None


class Reference(Section):
    """What a model learned from, and how its requests and answers are read."""

    version: Literal[1] = 1
    """The version of the format."""
    rows: Annotated[int, Field(ge=0)]
    """How many rows the model learned from."""
    inputs: Items[str] = ()
    """The names of the model's inputs, in order: a tensor in a request may be nameless."""
    features: dict[str, Distribution] = Field(default_factory=dict)
    """The distribution of each feature that can be watched."""
    answers: Answers = Answers()
    """How answers are read."""
    prediction: Distribution | None = None
    """The distribution of predictions, on rows that the model did not learn from where there are some."""

    def encode(self) -> bytes:
        """As JSON: the same bytes for the same statistics."""
        return (json.dumps(self.model_dump(mode="json"), sort_keys=True, allow_nan=False) + "\n").encode()

    @property
    def digest(self) -> str:
        """`sha256:` and the digest of the bytes."""
        return f"sha256:{hashlib.sha256(self.encode()).hexdigest()}"

    def path(self, model: str) -> str:
        """The place below the project's artifacts, for a model of this name in the registry."""
        return f"models/{model}/reference-{self.digest.removeprefix('sha256:')[:16]}.json"


def decode(data: bytes, digest: str | None = None) -> Reference:
    """The statistics in bytes that `encode` made. Raises StepFailure for anything else, and for another digest."""
    found = f"sha256:{hashlib.sha256(data).hexdigest()}"
    help_ = "register the model again, or correct `reference` in the lock"
    if digest and digest != found:
        raise StepFailure(f"the reference statistics have the digest {found}, and the lock says {digest}", help_)
    try:
        return Reference.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise StepFailure(f"the reference statistics are not in their form: {where}: {first['msg']}", help_) from error


def features_of(table: Table, columns: Mapping[str, str]) -> dict[str, Numbers | Categories]:
    """The distributions of columns of a table, by name; `columns` has their types in the language's words.

    Columns of other types than drift is measured of are left out. Raises BadData where the table can't be read.
    """
    found: dict[str, Numbers | Categories] = {}
    for name, kind in columns.items():
        if kind in NUMERIC:
            found[name] = _numbers_in(table, name)
        elif kind in CATEGORICAL:
            found[name] = _categories_in(table, name)
    return found


def numbers(values: Iterable[float | None]) -> Numbers:
    """The distribution of numbers. None, NaN and infinities are missing."""
    counted: Counter[float] = Counter()
    missing = 0
    for value in values:
        if value is None or not math.isfinite(value):
            missing += 1
        else:
            counted[float(value)] += 1
    pairs = _thinned(sorted(counted.items()))
    return Numbers(missing=missing, values=tuple(v for v, _ in pairs), counts=tuple(n for _, n in pairs))


def categories(values: Iterable[str | None]) -> Categories:
    """The distribution of categories; None is missing."""
    counted = Counter(values)
    missing = counted.pop(None, 0)
    return Categories(missing=missing, counts=_kept({str(value): n for value, n in counted.items()}))


def predictions(values: Iterable[float | str | None]) -> Numbers | Categories | None:
    """The distribution of predictions: categories where one of them is a text. None where there are none."""
    known = list(values)
    if not known:
        return None
    if any(isinstance(value, str) for value in known):
        return categories(None if value is None else text_of(value) for value in known)
    return numbers(value for value in known if not isinstance(value, str))


def _thinned(pairs: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """At most `SAMPLE` pairs, in order: neighbours come together, under the greatest value of them."""
    if len(pairs) <= SAMPLE:
        return list(pairs)
    total, upto = sum(count for _, count in pairs), 0
    groups: dict[int, tuple[float, int]] = {}
    for value, count in pairs:
        upto += count
        group = -(-upto * SAMPLE // total)
        groups[group] = (value, groups.get(group, (value, 0))[1] + count)
    return list(groups.values())


def _kept(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent categories, and the others together."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[MOST_CATEGORIES:])
    kept = dict(sorted(ranked[:MOST_CATEGORIES]))
    return {**kept, OTHERS: rest + kept.get(OTHERS, 0)} if rest else kept


def _numbers_in(table: Table, column: str) -> Numbers:
    value = f"try_cast({table.plain(column)} AS DOUBLE)"
    finite = f"CASE WHEN isfinite({value}) THEN {value} END"
    counted = f"(SELECT {finite} AS v, count(*) AS n FROM {table.relation} GROUP BY 1)"
    ((missing, distinct),) = table.query(f"SELECT coalesce(sum(n) FILTER (v IS NULL), 0), count(v) FROM {counted}")
    if int(str(distinct)) <= SAMPLE:
        pairs = table.query(f"SELECT v, n FROM {counted} WHERE v IS NOT NULL ORDER BY v")
    else:
        sums = "sum(n) OVER (ORDER BY v) AS upto, sum(n) OVER () AS total"
        upto = f"(SELECT v, n, {sums} FROM {counted} WHERE v IS NOT NULL)"
        group = f"(upto * {SAMPLE} + total - 1) // total"
        pairs = table.query(f"SELECT max(v), sum(n) FROM {upto} GROUP BY {group} ORDER BY 1")
    return Numbers(
        missing=int(str(missing)),
        values=tuple(float(str(v)) for v, _ in pairs),
        counts=tuple(int(str(n)) for _, n in pairs),
    )


def _categories_in(table: Table, column: str) -> Categories:
    value = missing_or(table.plain(column))
    found = table.query(f"SELECT {value}, count(*) FROM {table.relation} GROUP BY 1")
    counted = {None if v is None else text_of(v): int(str(n)) for v, n in found}
    missing = counted.pop(None, 0)
    return Categories(missing=missing, counts=_kept({str(v): n for v, n in counted.items()}))
