"""`data`: where rows come from, what they must look like, how they are prepared and split."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from fairlead.spec.base import Items, Positive, RelativePath, Section
from fairlead.spec.expressions import Expectation
from fairlead.spec.steps import Step
from fairlead.spec.units import Identifier, Name, Uri

ColumnType = Literal[
    "string", "integer", "float", "boolean", "timestamp", "date", "category", "text", "image", "vector"
]
ColumnRole = Literal["id", "time", "label", "feature", "slice", "weight", "ignore"]
Format = Literal["csv", "parquet", "jsonl", "files"]
Sensitivity = Literal["public", "internal", "pii", "phi"]
SENSITIVITIES: Final[tuple[str, ...]] = get_args(Sensitivity)
"""From what anybody may see to what is guarded most."""
RESTRICTED: frozenset[str] = frozenset({"pii", "phi"})
"""Sensitivities whose data needs named callers and a retention for payloads."""


class Column(Section):
    """The contract of one column: every row of every snapshot is held to it before training starts."""

    type: ColumnType
    """What the values are."""
    role: ColumnRole | None = None
    """What the column is for; a feature unless said otherwise. Write `roles` where it has more than one. `weight` is
    how much a row counts in training, for your own command to read; metrics and gates count each row once, so that
    their support is a number of rows."""
    roles: Annotated[Items[ColumnRole], Field(min_length=1)] | None = None
    """What the column is for, where it has more than one role; for example `[feature, slice]`."""
    unique: bool = False
    """Whether no value may occur twice."""
    nullable: bool = True
    """Whether values may be missing; `missing(column)` in `expect` bounds their share."""
    min: float | None = None
    """The least value of a numeric column, included."""
    max: float | None = None
    """The greatest value of a numeric column, included."""
    values: Annotated[Items[str], Field(min_length=1)] | None = None
    """All values that a category may have."""
    positive: str | None = None
    """The value that counts as positive, on the label of a binary classification."""
    dimensions: Positive | None = None
    """The length of every vector in a `vector` column."""
    description: str = ""
    """What the column means."""

    @property
    def all_roles(self) -> tuple[ColumnRole, ...]:
        """The column's roles, with the default applied."""
        return self.roles or ((self.role,) if self.role else ("feature",))


class Source(Section):
    """A dataset that the pipeline reads."""

    uri: Uri
    """Where the data is: s3, gs, abfs, https, hf or file. A trailing slash means all objects below it."""
    local: RelativePath | None = None
    """A path in the repository that a run on this machine reads instead."""
    format: Format | None = None
    """csv, parquet, jsonl or files; the ending of the URI tells where it is not written."""
    snapshot: Literal["each-run", "pinned"] | None = None
    """each-run: resolved to a manifest of objects and hashes when training starts. pinned: the lock holds the digest,
    and other bytes are refused. The default is each-run where `retraining` exists, and pinned otherwise."""
    sensitivity: Sensitivity = "internal"
    """How the data must be handled; pii and phi are restricted."""
    columns: dict[Identifier, Column] = Field(default_factory=dict)
    """The columns, by name. Only declared columns can be named elsewhere."""
    expect: Items[Expectation] = ()
    """What must hold for a snapshot as a whole, such as `rows >= 500` or `missing(age) <= 1%`."""


class AddedColumns(Section):
    """The columns of a prepared dataset, said as a difference from another dataset or in full."""

    like: Name | None = None
    """The dataset whose columns this one starts from."""
    add: dict[Identifier, Column] = Field(default_factory=dict)
    """Columns that it has besides."""
    drop: Items[Identifier] = ()
    """Columns that it does not have."""
    columns: dict[Identifier, Column] = Field(default_factory=dict)
    """All columns, where there is no `like`."""
    format: Format = "parquet"
    """How the step writes it."""
    expect: Items[Expectation] = ()
    """What must hold for the prepared dataset as a whole."""


class PrepareStep(Step):
    """A step of the user's own that turns datasets into datasets."""

    outputs: Annotated[dict[Name, AddedColumns], Field(min_length=1)]
    """The datasets that the step writes, by name, each to the path in FAIRLEAD_OUTPUT_<NAME>."""


class Split(Section):
    """How rows are divided into training, validation and test."""

    of: Name | None = None
    """The dataset that is split; the only one that there is, where there is only one."""
    method: Literal["hash", "time", "random"] | None = None
    """hash: by a hash of the column `by`, so that a row never changes sides as data grows. time: the newest rows are
    the test. random: reshuffled by the seed. By hash where the dataset has an id column, and random otherwise."""
    by: Identifier | None = None
    """The column that decides: the id for hash, the time for time. The column of that role, unless said otherwise."""
    test: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """The share of rows kept for the test, between 0 and 1."""
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """The share of rows kept for choosing among trials, between 0 and 1."""
    seed: int = 0
    """The seed of a random split."""


class Data(Section):
    """Where rows come from, what they must look like, how they are prepared and split."""

    sources: Annotated[dict[Name, Source], Field(min_length=1)]
    """The datasets that the pipeline reads, by name."""
    prepare: dict[Name, PrepareStep] = Field(default_factory=dict)
    """The user's own steps, by name and in any order: the edges come from inputs and outputs."""
    split: Split | None = None
    """How rows are divided; an 80/20 split where nothing is said."""
