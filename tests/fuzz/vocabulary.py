"""What the language has words for: the keys and the types of values at a path, and values at the edges of each type.

All of it comes from the models, so that a key or a type that is added to the language is mutated from then on.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from fairlead.project.candidate import Candidate
from fairlead.project.lock import Lock
from fairlead.project.model import Project
from fairlead.spec import expressions, units
from fairlead.spec.pipeline import Pipeline

Path = tuple[str | int, ...]

MODELS: Final[dict[str, type[BaseModel]]] = {
    "Pipeline": Pipeline,
    "Project": Project,
    "Lock": Lock,
    "Candidate": Candidate,
}
"""The kinds of documents, by what they say that they are."""

HOSTILE: Final = (
    "", " ", "a", "-", ".", "..", "../../etc/passwd", "/etc/passwd", "a/../b", "~", "~root", "con", "a b", "a\nb", "\n",
    "a\tb", "a\rb", "x" * 63, "x" * 64, "x" * 254, "x" * 4000, "-a", "a-", "A", "é", "日本", "😀", "\u2028", "\u202e",
    "\x1b[31m", "\x00", "\ufeff", "\ud7ff", "{{workflow.name}}", "{{=sprig.env('X')}}", "${{ secrets.X }}", "$(id)",
    "`id`", "$HOME", "%s%n", "{0}", "{a}", "'; drop", '"', "'", "\\", "a: b", "a #b", "# a", "- a", "[", "{", "*a",
    "&a",
    "!a", "%a", "@a", "|", ">", "yes", "No", "null", "0x10", "0o7", "1e3", "1_000", "12:30:45", "2027-13-45", "١٢",
    "²", "½", "9" * 30, "9" * 5000, "1e999999999", "-0", "NaN", "inf", "__proto__", "../a", "a" + "/a" * 200,
)  # fmt: skip
"""Texts that mean something to whatever reads the output, or to nobody."""

NUMBERS: Final = (
    0, 1, -1, 2, 3, 7, 100, 101, 255, 1000, 1001, 65535, 65536, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63,
    2**64 - 1,
    -(2**63), 0.0, -0.0, 0.1, 0.5, 1.0, 1.5, 99.9, 1e-9, 5e-324, 1e16, 1e22, 1.7e308, -1e300,
)  # fmt: skip

_DURATIONS: Final = (
    "0s", "1ms", "0.5ms", "1s", "59s", "1m", "1h", "24h", "1d", "7d", "28d", "30d", "90d", "5200w", "5300w", "36500d",
    "36501d", "1h30m", "1m1h", "1.5h", "0.000001w", "10", "-1s", "1us", "1 h", "1H", "999999999999999999999999d",
    "1e3s",
)  # fmt: skip
_QUANTITIES: Final = (
    "0", "1m", "500m", "0.5", "1", "1k", "1Ki", "128Mi", "8Gi", "1Ti", "8Ei", "7.999999999Ei", "9E", "1n", "1e18",
    "1e-9",
    "1e99", "1E", "1e", "-1Gi", "+1Gi", "1GB", "1gi", ".5Gi", "5.Gi", "0.1Ki", "9223372036854775807", "1Mi1", "1e+3",
)  # fmt: skip
_PERCENTAGES: Final = (
    "0%", "0.0000001%", "1%", "50%", "99%", "99.9%", "99.999%", "99.9999999999999999%", "100%", "100.0%", "101%", "-1%",
    "50", "0.5", "%", "5 %", "1e1%",
)  # fmt: skip
_CRONS: Final = (
    "* * * * *", "0 4 * * 1", "*/1 * * * *", "59 23 31 12 7", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 29 2 *", "@daily",
    "@reboot", "@every 1s", "0-59/60 * * * *", "60 * * * *", "5-1 * * * *", "*/0 * * * *", "*/9999 * * * *",
    "a b c d e",
    "0 0 * * mon-fri", "0 0 * JAN-dec *", "0 0 1 1 1", "TZ=UTC 0 0 * * *", "0 0 L * *", "0 0 1W * *", "0 0 * * 1#2",
    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30 * * * *", "0  0 *\t* *",
    "* * * *",
    "* * * * * *",
)  # fmt: skip
_URIS: Final = (
    "s3://b", "s3://bucket/", "s3://bucket/a/b.csv", "s3:///a", "s3://a b/", "s3://bucket/%zz", "s3://bucket/../x",
    "s3://bucket//a", "gs://bucket/x/", "abfs://c@acc.dfs.core.windows.net/x", "https://a.example/x?y=z#f",
    "https://user:pass@a.example/", "http://a.example", "hf://org/model", "hf://org/model:main", "hf://datasets/a/b",
    "hf://org/model:" + "a" * 40, "file:///etc/passwd", "file://../x", "javascript:alert(1)", "s3://" + "a" * 64,
    "https://[::1]/", "https://a.example:99999/x", "s3://bucket/" + "x/" * 500, "//a", "s3:", "S3://bucket/a",
)  # fmt: skip
_IMAGES: Final = (
    "a", "ghcr.io/acme/x", "ghcr.io/acme/x:1", "ghcr.io/acme/x@sha256:" + "a" * 64, "x:latest@sha256:" + "0" * 64,
    "localhost:5000/a", "sha256:" + "a" * 64, "A/b", "a//b", "a:", "a@", "a" * 256, ":1", "docker://a", "[::1]/a",
)  # fmt: skip
_DIGESTS: Final = ("sha256:" + "a" * 64, "sha256:" + "A" * 64, "sha256:" + "a" * 63, "sha512:" + "a" * 128, "a" * 64)
_GATES: Final = (
    "roc_auc >= 0.95", "roc_auc >= champion", "roc_auc >= champion - 0.005", "rmse <= champion + 0.1", "r2 > -1e9",
    "recall[age_band] >= 0.85", "recall[age_band] >= champion", "recall[] >= 1", "a >= b", "a == 1", "1 <= a", "a >=",
    "recall_at_999999 >= 0.1", "accuracy >= 1.0000000000000000000000000001", "accuracy >= 1e999999999", "a < 1 < b",
    "accuracy >= champion - champion", "accuracy >= champion * 2", "accuracy >= 0." + "9" * 400, "a >= 1" * 90,
    "accuracy ≥ 0.9", "accuracy[x=y] >= 0.9", "accuracy >= 95%", "accuracy >= 9" + "9" * 480,
)  # fmt: skip
_EXPECTATIONS: Final = (
    "rows >= 500", "rows >= 0", "rows >= 99999999999999999999", "rows <= 1e5", "rows == 5", "missing(a) <= 0.01",
    "missing(a) <= 2%", "age(taken_at) <= 7d", "age(taken_at) <= 99999w", "missing() <= 1", "missing(a, b) <= 1",
    "age(a) >= 0s", "unique(a) >= 1", "rows", "(", "missing(missing(a)) <= 1", "distinct(x) >= 2",
)  # fmt: skip
_CONDITIONS: Final = (
    "score >= 0.5", "a == 'b'", 'a == "b"', "a == b and c == d or e == f", "not a", "(" * 100 + "a == 1" + ")" * 100,
    "a == true", "a.b[0].c >= 1", "a in [1, 2]", " and ".join(["(a == 1 or b == 2)"] * 16), "a == '\\'",
    "a == 1" + " or a == 1" * 40,
)  # fmt: skip
_ZONES: Final = (
    "UTC",
    "Europe/Zurich",
    "utc",
    "Etc/GMT+14",
    "../../etc/passwd",
    "/etc/localtime",
    "Mars/X",
    "posixrules",
    "",
)
_NAMES: Final = (
    "a", "churn", "tumor-classifier", "screen", "staging", "production", "x" * 40, "x" * 52, "x" * 53, "x" * 63,
    "x" * 64,
    "a.b", "a_b", "A", "1", "-a", "a-", "a--b", "default", "champion", "train", "features", "biopsies", "test",
    "validation",
)  # fmt: skip

EDGES: Final[dict[type, tuple[Any, ...]]] = {
    units.Duration: (*_DURATIONS, 10, 0.5),
    units.Quantity: _QUANTITIES,
    units.Cpu: (*_QUANTITIES, 1, 0.5, 4, 0.0001, 10**9),
    units.Memory: _QUANTITIES,
    units.Percentage: (*_PERCENTAGES, 10, 0.7),
    units.Cron: _CRONS,
    units.Uri: _URIS,
    units.WebUrl: _URIS,
    units.ImageRef: _IMAGES,
    units.Digest: _DIGESTS,
    units.ModelSource: _URIS,
    units.Money: ("0", "12.50", "0.000000001", "999999999999", "9999999999999", "-1", "$1", 0.1, 1e9),
    units.MoneyPerHour: ("0/h", "0.09/h", "999999999999.999999999/h", "1/m", "1", "1/", 1),
    units.TimeZone: _ZONES,
    units.Name: _NAMES,
    units.Identifier: (*_NAMES, "mean_radius", "_a", "a1", "class", "__x__"),
    units.EnvName: ("A", "PATH", "LD_PRELOAD", "FAIRLEAD_SEED", "a", "A-B", "1A", "A" * 300),
    units.HostName: ("a.example", "A.example", "*.example", "a..b", "a" * 64 + ".b", "1.2.3.4", "https://a/"),
    units.SecretRef: ("a/b", "a", "a/b/c", "A/b", "a/..", "/", "ns/a/b"),
    units.ServiceAccountRef: ("a/b", "a", "ns/sa", "A/b", "a/b/c", "*/*"),
    units.LabelKey: ("a", "a.b/c", "kubernetes.io/x", "A" * 64, "a/b/c", "/a", "é"),
    units.LabelValue: ("", "a", "a" * 63, "a" * 64, "-a", "a b"),
    expressions.Gate: _GATES,
    expressions.QualityGate: _GATES,
    expressions.Expectation: _EXPECTATIONS,
    expressions.Condition: _CONDITIONS,
    expressions.Objective: ("maximize roc_auc", "minimize rmse", "maximize", "maximise a", "maximize a b", "roc_auc"),
    bool: (True, False, "yes", "true", 1),
    int: NUMBERS,
    float: NUMBERS,
}
"""For each type of the language, values at its edges and beyond."""

PARSED: Final = tuple(kind for kind in EDGES if issubclass(kind, units.Unit))
"""The types with a notation of their own."""


def annotations_at(model: type[BaseModel], path: Path) -> list[Any]:
    """The types that the value at `path` can have."""
    current: list[Any] = [model]
    for step in path:
        current = [below for annotation in current for below in _below(annotation, step)]
    return current


def _below(annotation: Any, step: str | int) -> list[Any]:
    if _is_model(annotation):
        return [field.annotation for name, field in annotation.model_fields.items() if step in (name, field.alias)]
    arguments = get_args(annotation)
    if get_origin(annotation) in (dict, tuple, list):
        return [arguments[-1 if isinstance(step, str) else 0]] if arguments else []
    return [found for argument in arguments for found in _below(argument, step)]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def leaves(annotation: Any) -> list[Any]:
    """The classes and the words that an annotation allows at its own level."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if get_origin(annotation) in (dict, tuple, list):
        return []
    arguments = get_args(annotation)
    return [found for argument in arguments for found in leaves(argument)] if arguments else [annotation]


def values_at(kind: str, path: Path) -> list[Any]:
    """Values at the edges of whatever may stand at `path` of a document of a kind; none where nothing is known."""
    model = MODELS.get(kind)
    found: list[Any] = []
    for annotation in annotations_at(model, _in_model(kind, path)) if model else ():
        for leaf in leaves(annotation):
            if isinstance(leaf, str):
                found += [leaf, leaf.upper(), leaf + "x"]
            elif isinstance(leaf, type):
                found += EDGES.get(leaf, ())
    return found


def keys_at(kind: str, path: Path) -> list[str]:
    """The keys that the mapping at `path` of a document of a kind can have; none where they are the writer's own."""
    model = MODELS.get(kind)
    found: dict[str, None] = {}
    for annotation in annotations_at(model, _in_model(kind, path)) if model else ():
        for section in _models(annotation):
            found |= dict.fromkeys(field.alias or name for name, field in section.model_fields.items())
    return list(found)


def example_at(kind: str, path: Path) -> list[type[BaseModel]]:
    """The sections that can stand at `path`."""
    model = MODELS.get(kind)
    return [
        section
        for annotation in (annotations_at(model, _in_model(kind, path)) if model else ())
        for section in _models(annotation)
    ]


def _in_model(kind: str, path: Path) -> Path:
    """What differs in an environment looks like a specification."""
    return path[2:] if kind == "Pipeline" and len(path) >= 2 and path[0] == "environments" else path


def _models(annotation: Any) -> list[type[BaseModel]]:
    if _is_model(annotation):
        return [annotation]
    if get_origin(annotation) in (dict, tuple, list):
        return []
    return [found for argument in get_args(annotation) for found in _models(argument)]


@cache
def all_keys() -> tuple[str, ...]:
    """Every key that any section has."""
    found: dict[str, None] = {}
    waiting: list[Any] = list(MODELS.values())
    seen = set()
    while waiting:
        annotation = waiting.pop()
        if _is_model(annotation):
            if annotation in seen:
                continue
            seen.add(annotation)
            for name, field in annotation.model_fields.items():
                found[field.alias or name] = None
                waiting.append(field.annotation)
        else:
            waiting += get_args(annotation)
    return tuple(sorted(found))
