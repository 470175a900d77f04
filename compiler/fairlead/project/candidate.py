"""Candidate records: what a training run leaves in the object store, and a pull request is made from.

A cluster holds no credential for Git. Its last step writes one record for each version that passed the gate, as JSON
below `artifacts`, at `candidates/<pipeline>/sha256-<digest of the record>.json`. The name is the digest of the bytes,
so a record can be neither changed nor damaged unseen, and the same outcome is written once.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field, FiniteFloat, ValidationError, field_validator, model_validator

from fairlead.project.lock import LockedData, LockedImage, LockedModel
from fairlead.source.diagnostics import Code, Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.spec.base import Items, Section
from fairlead.spec.units import Name

FOLDER: Final = "candidates"
"""The folder of the records below `artifacts`, with one folder for each pipeline."""

NOT_A_RECORD = Code(
    "FL2020",
    "not a candidate record",
    """
    A candidate record is the JSON that the last step of a training run writes: the version of the model, the gate's
    verdict, and the digests of the data and images that it came from. This file is none, or lacks something.

    Nothing is taken from a record that is not whole, because what is left out would go into the lock as a default.

    Wrong: to write a record by hand, or to mend this one.

    Right: `fairlead lock --candidate` with a record as the run wrote it. Where a run of this pipeline wrote a record
    that is refused, its runner image is older or newer than the `fairlead` that reads it: use one version for both.
    """,
)
DAMAGED_RECORD = Code(
    "FL2021",
    "a candidate record that is not what its name says",
    """
    The name of a record is the SHA-256 digest of its bytes: `sha256-<64 digits>.json`. These bytes have another.

    Either the file was changed after the run wrote it, or it was cut short on the way.

    Wrong: to rename the file to the digest that it has now.

    Right: fetch it again from the object store. If it has the wrong digest there too, someone changed it: find out who
    can write below `candidates/`, and train again.
    """,
)
REFUSED_BY_GATE = Code(
    "FL2022",
    "a candidate that the gate refused",
    """
    The record says that at least one clause of the gate does not hold for this version, and names it. Such a version is
    never locked, because nothing downstream would judge it again.

    Wrong: to lock it nevertheless.

    Right: if the bound is wrong, change it under `model.evaluate.gates`, in review, and train again.

    ```yaml
    model:
      evaluate:
        gates: [roc_auc >= 0.95]
    ```
    """,
)

METRIC: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_@.]*(\[[^\[\]|`<>\n]{1,200}\])?")
"""The names of metrics that a record and a lock hold: pages show them, so they hold nothing that a page could obey."""


class Clause(Section):
    """One clause of the gate, and how it went."""

    clause: Annotated[str, Field(min_length=1, max_length=500)]
    """The clause as the specification has it, with the value of a slice where it has one."""
    value: FiniteFloat
    """The value that was measured."""
    bound: FiniteFloat | None = None
    """The bound that it had to reach; none for a comparison with a champion before there is one."""
    holds: bool
    """Whether it did."""


class Verdict(Section):
    """What the gate said."""

    passed: bool
    """Whether all clauses hold."""
    clauses: Items[Clause] = ()
    """The clauses, in order; none for a gate without any."""

    @model_validator(mode="after")
    def _agrees(self) -> Verdict:
        if self.passed and not all(clause.holds for clause in self.clauses):
            raise ValueError("the gate cannot have passed while a clause of it does not hold")
        return self


class Candidate(Section):
    """One version that a training run registered and the gate let through."""

    api_version: Annotated[Literal["fairlead.dev/v1"], Field(alias="apiVersion")]
    """The version of the format."""
    kind: Literal["Candidate"]
    """What this file describes."""
    pipeline: Name
    """The pipeline that was trained."""
    model: LockedModel
    """The version, as a lock holds it."""
    verdict: Verdict
    """What the gate said."""
    data: dict[Name, LockedData] = Field(default_factory=dict)
    """The data that the run read, by source."""
    images: dict[str, LockedImage] = Field(default_factory=dict)
    """The images that the run used, by the reference that the specification has."""

    @field_validator("model")
    @classmethod
    def _is_whole(cls, model: LockedModel) -> LockedModel:
        if model.digest.hex not in str(model.uri):
            raise ValueError(f"the folder {model.uri} is not addressed by the model's digest {model.digest}")
        for name, value in model.metrics.items():
            if not METRIC.fullmatch(name):
                raise ValueError(f"`{name[:60]}` is no name of a metric")
            if not math.isfinite(value):
                raise ValueError(f"the metric `{name}` is {value}, and no finite number")
        return model


def encode(candidate: Candidate) -> bytes:
    """The record's bytes: the same for the same candidate. Their digest is their name."""
    content = candidate.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


def record_path(pipeline: str, record: bytes) -> str:
    """Where a record belongs, relative to `artifacts`."""
    return f"{FOLDER}/{pipeline}/sha256-{hashlib.sha256(record).hexdigest()}.json"


def decode(file: str, record: bytes) -> Candidate:
    """The candidate in a record, which must be what the file's name says and have passed the gate. Raises Refused."""
    digest = hashlib.sha256(record).hexdigest()
    name = file.rpartition("/")[2]
    if name != f"sha256-{digest}.json":
        message = f"the digest of {name} is sha256:{digest}, and its name says otherwise"
        raise _refused(DAMAGED_RECORD, file, message, "fetch the record again, under the name that it has in the store")
    try:
        content = json.loads(record, object_pairs_hook=_each_once)
        # An escape can say half of a character, which no file can hold.
        json.dumps(content, ensure_ascii=False).encode()
        candidate = Candidate.model_validate(content)
    except ValidationError as error:
        raise Refused([_finding(file, dict(detail)) for detail in error.errors(include_url=False)]) from error
    except (ValueError, RecursionError) as error:  # JSON's own errors, and those of UTF-8, are ValueErrors
        raise _refused(NOT_A_RECORD, file, f"this is no record: {error}", "give a record as a run wrote it") from error
    if not candidate.verdict.passed:
        failed = [clause for clause in candidate.verdict.clauses if not clause.holds]
        which = ", ".join(f"`{clause.clause}` at {clause.value:g}" for clause in failed) or "no clause is named"
        message = f"the gate refused version {candidate.model.version} of {candidate.pipeline}: {which}"
        raise _refused(REFUSED_BY_GATE, file, message, "lock a version that passed")
    return candidate


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise ValueError("a key stands in one object twice")
    return whole


def _finding(file: str, detail: dict[str, Any]) -> Diagnostic:
    path = ".".join(str(step) for step in detail["loc"]) or "the record"
    reason = str(detail["msg"]).removeprefix("Value error, ")
    message = f"`{path}`: {reason[:1].lower()}{reason[1:]}"
    return Diagnostic(NOT_A_RECORD, Place.start_of(file), message, "give a record as a run wrote it")


def _refused(code: Code, file: str, message: str, help_: str) -> Refused:
    return Refused([Diagnostic(code, Place.start_of(file), message, help_)])
