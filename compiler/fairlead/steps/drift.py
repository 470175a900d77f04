"""Compares what the served model is asked, and what it answers, with what it learned from.

The reference statistics are those of the served version, as the lock has them. Where fewer than `LEAST` values of a
feature were logged, it has no score: of a window of n rows from the very same distribution, `psi` over ten bins is 9/n
on average, which is more than the threshold that practice uses for small n. A score is written in the words of JSON, so
one without a bound is `Infinity`.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from fairlead.plan import contract
from fairlead.remote.failures import Missing
from fairlead.remote.storage import Store, uri_of
from fairlead.spec.base import Section
from fairlead.steps import payloads, reference, tables
from fairlead.steps.context import Context
from fairlead.steps.distances import Incomparable, distance
from fairlead.steps.engine import Engine, engine
from fairlead.steps.failures import StepFailure
from fairlead.steps.reference import Categories, Numbers, Reference
from fairlead.steps.values import number_of, text_of

LEAST: Final = 100
"""Values without which a feature has no score."""
PREDICTION: Final = "prediction"
"""What is watched besides features, and the column of batch scoring's output."""


class Watched(Section):
    """How one feature, or the prediction, is watched."""

    method: Literal["psi", "ks", "wasserstein", "jensen-shannon", "chi2"]
    """The measure."""
    type: str
    """The column's type; `prediction` for the prediction."""


class Window(Section):
    """What a step is told of what it reads."""

    window_seconds: Annotated[int, Field(gt=0)]
    """How far back."""
    payloads: str | None = None
    """The URI that payloads are logged to, or batch scoring's output; a path on this machine."""
    namespace: str | None = None
    """The namespace whose payloads are read; all where nothing is said."""
    format: Literal["payloads", "csv", "parquet", "jsonl"] = "payloads"
    """What is there: logged payloads, or batch scoring's output and its format."""


class Parameters(Window):
    """What the step is told."""

    features: dict[str, Watched] = Field(default_factory=dict)
    """What is watched, by name."""


@dataclass
class Seen:
    """The values of one feature in the window, as few bytes each as they need."""

    numeric: bool
    numbers: array[float] = field(default_factory=lambda: array("d"))
    counts: Counter[str] = field(default_factory=Counter)
    missing: int = 0

    def add(self, values: Iterable[Any]) -> None:
        """Takes values in; what is of another kind than the reference's is missing."""
        for value in values:
            if self.numeric:
                number = number_of(value)
                if number is None:
                    self.missing += 1
                else:
                    self.numbers.append(number)
            elif value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
                self.missing += 1
            else:
                self.counts[text_of(value)] += 1

    @property
    def distribution(self) -> Numbers | Categories:
        """As the reference would keep them."""
        if self.numeric:
            found = reference.numbers(self.numbers)
            return found.model_copy(update={"missing": found.missing + self.missing})
        return Categories(missing=self.missing, counts=dict(self.counts))


def run(context: Context) -> None:
    """Gives the results `rows` and `score-<feature>`, which is not written where there is none.

    Raises StepFailure where the served version has no reference statistics, RemoteFailure where these or the payloads
    can't be read.
    """
    parameters = context.read_parameters(Parameters)
    known = served_reference(context)
    seen = {name: Seen(isinstance(_known(known, name), Numbers)) for name in parameters.features if _known(known, name)}
    until = datetime.now(UTC)
    since = until - timedelta(seconds=parameters.window_seconds)
    if parameters.format == "payloads":
        rows = _of_payloads(context, parameters, known, seen, since, until)
    else:
        rows = _of_tables(parameters, seen, since)
    context.result("rows", str(rows))
    sys.stdout.write(f"{rows} rows since {since:%Y-%m-%d %H:%M} UTC\n")
    for name, watched in parameters.features.items():
        score = _score(watched.method, _known(known, name), seen.get(name))
        if isinstance(score, str):
            sys.stdout.write(f"{name}: no {watched.method}, because {score}\n")
            continue
        context.result(f"score-{name}", "Infinity" if math.isinf(score) else repr(score))
        sys.stdout.write(f"{name}: {watched.method} {score:.4g}\n")


def served_reference(context: Context) -> Reference:
    """The reference statistics of the version that is served. Raises StepFailure where it has none."""
    uri = context.environ.get(contract.CHAMPION_REFERENCE)
    if not uri:
        raise StepFailure(
            "the served version has no reference statistics to compare with",
            "train and promote a version: its registration writes them, and the lock names them",
        )
    digest = context.environ.get(contract.CHAMPION_REFERENCE_DIGEST) or None
    return reference.decode(Store(uri).read(), digest)


def logged(context: Context, window: Window) -> Store:
    """Where the payloads of the served model are. Raises StepFailure where nothing says so."""
    if window.payloads is None:
        raise StepFailure("payloads are not logged anywhere", "set `serving.payloads` in the specification")
    uri = window.payloads if "://" in window.payloads else uri_of(Path(window.payloads))
    store = Store(f"{uri.rstrip('/')}/")
    return store.at(f"{window.namespace}/{context.pipeline}/") if window.namespace else store


def _known(known: Reference, name: str) -> Numbers | Categories | None:
    return known.prediction if name == PREDICTION else known.features.get(name)


def _score(method: str, known: Numbers | Categories | None, seen: Seen | None) -> float | str:
    """The score, or why there is none."""
    if known is None or seen is None:
        return "the served version's reference statistics don't have it"
    window = seen.distribution
    if window.total + window.missing < LEAST:
        return f"there are {window.total + window.missing} values, and {LEAST} are needed to mean anything"
    try:
        return distance(method, known, window)
    except Incomparable as error:
        return str(error)


def _of_payloads(
    context: Context, window: Window, known: Reference, seen: dict[str, Seen], since: datetime, until: datetime
) -> int:
    """Takes in what was asked and answered; gives how many rows were asked, or answered where only that is logged."""
    version = context.environ.get(contract.CHAMPION_VERSION) or None
    asked = answered = 0
    for record in payloads.records(logged(context, window), since, until):
        if record.kind == "request":
            rows, columns = payloads.features(record.body, known.inputs)
            asked += rows
            for name in seen.keys() & columns.keys() - {PREDICTION}:
                seen[name].add(columns[name])
            for name in seen.keys() - columns.keys() - {PREDICTION} if columns else ():
                seen[name].missing += rows
        elif version is None or record.version is None or record.version == version:
            # Answers of a canary are another model's.
            said = payloads.answers(record.body)
            answered += len(said)
            if PREDICTION in seen:
                seen[PREDICTION].add(known.answers.prediction(each) for each in said)
    return asked or answered


def _of_tables(window: Window, seen: dict[str, Seen], since: datetime) -> int:
    """Takes in the files of batch scoring's output that were written in the window."""
    rows = 0
    with engine() as duck:
        for table in written_since(duck, window, since):
            ((count,),) = table.query(f"SELECT count(*) FROM {table.relation}")
            rows += int(str(count))
            for name, each in seen.items():
                if any(group.columns is None or name in group.columns for group in table.groups):
                    cells = table.query(f"SELECT {table.plain(name)} FROM {table.relation}")
                    each.add(cell for (cell,) in cells)
                else:
                    each.missing += int(str(count))
    return rows


def written_since(duck: Engine, window: Window, since: datetime) -> Iterator[tables.Table]:
    """The files of batch scoring's output that were written since, each as a table."""
    assert window.format != "payloads"
    assert window.payloads is not None
    uri = window.payloads if "://" in window.payloads else uri_of(Path(window.payloads))
    store = Store(f"{uri.rstrip('/')}/")
    try:
        listed = store.objects()
    except Missing:
        return
    for each in listed:
        fits = each.path.lower().endswith(tables.ENDINGS[window.format])
        if fits and (each.modified is None or each.modified >= since):
            address = f"{store.uri}{each.path}"
            yield tables.open_table(duck, Path(store.root) / each.path if store.local else address, window.format)
