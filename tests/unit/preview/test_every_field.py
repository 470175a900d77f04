"""Every field of the language is told, and told also when all others of the file change in the same pull request."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from fairlead.plan.plan import Plan
from fairlead.preview.effects.pipeline import effects
from fairlead.source.nodes import plain
from fairlead.source.reader import read
from fairlead.spec.pipeline import Pipeline
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans

REPOSITORY = Path(__file__).parents[3]
TUMOR, ENERGY, ASSISTANT, SCENES, TRIAGE = (
    "tumor-classifier", "energy-forecast", "support-assistant", "scene-encoder", "biopsy-triage",
)  # fmt: skip
PEERS = {TRIAGE: ("screen", TUMOR)}
Round = dict[str, tuple[Any, str]]
"""What is written at a path, and words by which it is told."""

DATA_AND_TRAINING: Round = {
    "metadata.owner": ("others", "the owner is diagnostics-ml -> others"),
    "metadata.description": ("Another.", "the description changed"),
    "metadata.labels": ({"domain": "x"}, "domain oncology -> x"),
    "data.sources.biopsies.uri": ("s3://acme-ml/v2/", "biopsies is read from"),
    "data.sources.biopsies.format": ("parquet", "biopsies is read as csv -> parquet"),
    "data.sources.biopsies.snapshot": ("pinned", "training takes of biopsies its pinned bytes alone"),
    "data.sources.biopsies.sensitivity": ("pii", "biopsies is handled as phi -> pii"),
    "data.sources.biopsies.columns.mean_radius.type": ("integer", "mean_radius type float -> integer"),
    "data.sources.biopsies.columns.taken_at.role": ("ignore", "taken_at role time -> ignore"),
    "data.sources.biopsies.columns.age_band.roles": (["feature"], "age_band roles feature, slice -> feature"),
    "data.sources.biopsies.columns.biopsy_id.unique": (False, "biopsy_id unique removed"),
    "data.sources.biopsies.columns.mean_radius.nullable": (False, "mean_radius nullable added (no)"),
    "data.sources.biopsies.columns.mean_radius.min": (1, "mean_radius min 0.0 -> 1.0"),
    "data.sources.biopsies.columns.mean_radius.max": (99, "mean_radius max added (99.0)"),
    "data.sources.biopsies.columns.age_band.values": (["under-40", "rest"], "age_band values"),
    "data.sources.biopsies.columns.diagnosis.positive": ("benign", "diagnosis positive malignant -> benign"),
    "data.sources.biopsies.columns.mean_radius.description": ("Text.", "mean_radius description added"),
    "data.sources.biopsies.columns.scan": ({"type": "vector", "dimensions": 3}, "scan added"),
    "data.sources.biopsies.expect": (["rows >= 600"], "biopsies need no longer hold: rows >= 500"),
    "data.prepare.features.command": (["python", "-m", "x"], "the command of features is"),
    "data.prepare.features.inputs": ({"biopsies": "reference"}, "dataset/biopsies by reference"),
    "data.prepare.features.image": ("ghcr.io/acme/other:1", "features runs in another image"),
    "data.prepare.features.parameters": ({"a": 1}, "the parameters of features changed: a added (1)"),
    "data.prepare.features.env": ({"A": "b"}, "the variables of features changed: A added (b)"),
    "data.prepare.features.secrets": ({"T": "s/k"}, "features reads the secret s/k, as T"),
    "data.prepare.features.timeout": ("3h", "features: timeout 2h -> 3h"),
    "data.prepare.features.retries": (5, "features: retries 2 -> 5"),
    "data.prepare.features.cache": (False, "features: cache yes -> no"),
    "data.prepare.features.service_account": ("me", "features: service account none -> me"),
    "data.prepare.features.outputs.features.drop": (["taken_at"], "taken_at removed"),
    "data.prepare.features.outputs.features.format": ("csv", "features is read as parquet -> csv"),
    "data.prepare.features.outputs.features.expect": (["rows >= 5"], "features must hold: rows >= 5"),
    "data.split.method": ("random", "method hash -> random"),
    "data.split.by": ("age_band", "by biopsy_id -> age_band"),
    "data.split.test": (0.3, "test 20% -> 30%"),
    "data.split.validation": (0.15, "validation 10% -> 15%"),
    "data.split.seed": (9, "seed 0 -> 9"),
    "model.task": ("multiclass-classification", "the task is binary-classification -> multiclass-classification"),
    "model.framework": ("xgboost", "the framework is sklearn -> xgboost"),
    "model.code.path": ("models/other", "the code of the training is in models/tumor -> models/other"),
    "model.train.command": (["python", "-m", "x"], "the command of training is"),
    "model.train.inputs": (["features"], "training reads besides nothing -> features"),
    "model.train.image": ("ghcr.io/acme/other:1", "training runs in another image"),
    "model.train.parameters": ({"max_depth": 9}, "max_depth 6 -> 9"),
    "model.train.env": ({"A": "b"}, "the variables of training changed: A added (b), OMP_NUM_THREADS removed"),
    "model.train.secrets": ({"T": "s/k"}, "training no longer reads FEATURE_STORE_TOKEN from a secret"),
    "model.train.timeout": ("3h", "training: timeout 2h -> 3h"),
    "model.train.retries": (5, "training: retries 2 -> 5"),
    "model.train.cache": (False, "training: cache yes -> no"),
    "model.train.service_account": ("me", "training: service account none -> me"),
    "model.train.seed": (4, "the seed of training is 0 -> 4"),
    "model.tune.over.learning_rate": (
        {"between": [1, 3], "scale": "linear", "integer": True},
        "learning_rate between=0.01, 0.3, scale=log -> between=1.0, 3.0, integer=yes",
    ),
    "model.tune.over.max_depth": ([4, 5], "max_depth 4, 6, 8 -> 4, 5"),
    "model.tune.trials": (9, "the search has 12 -> 9 trials"),
    "model.tune.parallel": (2, "trials at once 4 -> 2"),
    "model.tune.seed": (8, "seed 7 -> 8"),
    "model.tune.objective": ("maximize recall", "the search is to maximize roc_auc -> maximize recall"),
    "model.evaluate.metrics": (["roc_auc", "recall"], "evaluate gives the metrics"),
    "model.evaluate.gates": (["roc_auc >= 0.9", "roc_auc >= champion - 0.005"], "gate loosened: roc_auc >= 0.95"),
    "model.evaluate.min_support": (10, "a gated slice needs 30 -> 10 rows"),
    "model.evaluate.image": ("ghcr.io/acme/judge:1", "-> ghcr.io/acme/judge:1"),
    "model.evaluate.timeout": ("3h", "evaluate, champion: timeout 1h -> 3h"),
    "model.registry.name": ("other", "versions are registered as tumor-classifier -> other"),
    "hardware.train": (
        {
            "cpu": 3, "memory": "6Gi", "disk": "30Gi", "gpu": {"count": 2, "resource": "amd.com/gpu"}, "shm": "1Gi",
            "nodes": {"a": "b"}, "tolerations": [{"key": "t", "value": "v", "effect": "NoExecute"}], "queue": "q",
            "priority": "p", "spot": True, "price": "0.5/h",
        },
        "training: memory limit 8Gi -> 6Gi",
    ),
    "max_cost_per_run": (99, "one training may cost anything -> 99.00"),
}  # fmt: skip
HARDWARE = (
    "training: cpu limit 4 -> 3", "training: disk size 20Gi -> 30Gi", "training: accelerators none -> 2 amd.com/gpu",
    "training: shm size none -> 1Gi", "training: nodes none -> a=b", "training: tolerations none -> t=v:NoExecute",
    "training: queue none -> q", "training: priority none -> p", "training: runs on nodes that may vanish",
    "training: price none -> 0.50/h",
)  # fmt: skip
SERVING_AND_WATCHING: Round = {
    "model.code.image": ("ghcr.io/acme/other", "training runs in another image"),
    "data.split.of": ("biopsies", "of features -> biopsies"),
    "serving.runtime": ("mlflow", "the server's runtime is sklearn -> mlflow"),
    "serving.image": ("ghcr.io/acme/server:1", "the server: image: docker.io/kserve/sklearnserver"),
    "serving.protocol": ("v1", "callers have to speak another protocol: v2 -> v1"),
    "serving.mode": ("knative", "standard -> knative"),
    "serving.output": ("label", "callers get another answer: probability -> label"),
    "serving.replicas.min": (3, "replicas 2 to 10 -> 3 to 9"),
    "serving.replicas.max": (9, "replicas 2 to 10 -> 3 to 9"),
    "serving.scale_on": ({"memory": "60%"}, "replicas follow cpu 70% -> memory 60%"),
    "serving.rollout.canary": (["20%"], "a new version takes over in steps of 10%, 50% -> 20%"),
    "serving.rollout.hold": ("3h", "each step of a rollout is held for 2h -> 3h"),
    "serving.timeout": ("20s", "a request may take 10s -> 20s"),
    "serving.payloads.log": ("requests", "what is kept of requests and answers: all -> requests"),
    "serving.payloads.to": ("s3://bucket/y/", "payloads are kept in"),
    "serving.payloads.retain": ("9d", "payloads are kept for 30d -> 9d"),
    "serving.access.expose": ("cluster", "can no longer be reached through the gateway"),
    "serving.access.callers": (["a/b"], "a/b may call as well; triage/ui may not call any more"),
    "serving.host": ("a.example", "the host at the gateway is none -> a.example"),
    "serving.zones": (["a", "b"], "replicas are spread over none -> a, b"),
    "serving.command": (["x"], "the server's command is none -> x"),
    "serving.env": ({"A": "b"}, "the server's variables changed: A added (b)"),
    "serving.secrets": ({"T": "s/k"}, "the server reads the secret s/k, as T"),
    "serving.service_account": ("me", "the server runs as none -> me"),
    "monitoring.slos.window": ("28d", "availability's error budget is over 30d -> 28d"),
    "monitoring.slos.availability": ("99.5%", "availability objective lowered: 99.9% -> 99.5%"),
    "monitoring.slos.latency": (
        {"objective": "98%", "below": "500ms", "at": "server"}, "latency bound loosened: below 250ms -> 500ms",
    ),
    "monitoring.drift.every": ("2h", "drift is measured every 1h -> 2h"),
    "monitoring.drift.window": ("48h", "drift looks back 1d -> 2d"),
    "monitoring.drift.method": ("jensen-shannon", "the drift of age_band is measured as psi -> jensen-shannon"),
    "monitoring.drift.threshold": (0.3, "with the threshold 0.2 -> 0.3"),
    "monitoring.drift.features.mean_radius": (
        {"threshold": 0.4, "method": "ks"}, "mean_radius is measured as psi -> ks, with the threshold 0.1 -> 0.4",
    ),
    "monitoring.drift.prediction": (False, "the drift of radius_per_area, prediction is no longer watched"),
    "monitoring.quality.labels.uri": ("s3://bucket/y/", "uri s3://acme-ml/outcomes/ -> s3://bucket/y/"),
    "monitoring.quality.labels.format": ("csv", "format jsonl -> csv"),
    "monitoring.quality.labels.join": ("biopsy_id", "join request_id -> biopsy_id"),
    "monitoring.quality.labels.column": ("d", "column diagnosis -> d"),
    "monitoring.quality.labels.delay": ("5d", "labels are waited for 3d -> 5d"),
    "monitoring.quality.window": ("7d", "quality looks back 14d -> 7d"),
    "monitoring.quality.every": ("48h", "quality is measured every 1d -> 2d"),
    "monitoring.quality.expect": (["recall >= 0.8"], "quality loosened: recall >= 0.85 -> recall >= 0.8"),
    "monitoring.alerts.page": ("x", "pages go to diagnostics-oncall -> x"),
    "monitoring.alerts.ticket": ("y", "tickets go to diagnostics-queue -> y"),
    "monitoring.runbook": ("https://a.example/b", "alerts link to the runbook"),
    "monitoring.dashboard": ("https://a.example/c", "alerts link to the dashboard none -> https://a.example/c"),
    "retraining.schedule": ("0 5 * * 1", "-> at `0 5 * * 1` Etc/UTC and on drift"),
    "retraining.timezone": ("Etc/UTC", "-> at `0 5 * * 1` Etc/UTC and on drift"),
    "retraining.on": (["drift"], "-> at `0 5 * * 1` Etc/UTC and on drift"),
    "retraining.cooldown": ("48h", "another trigger is ignored for 1d -> 2d after a training"),
    "retraining.promote": ("automatic", "a candidate's pull request is merged when its checks pass"),
    "suspend": (True, "everything scheduled pauses"),
    "patches.0.why": ("another", "patch changed on every InferenceService: another"),
    "patches.0.merge": ({"metadata": {"annotations": {"a": "b"}}}, "patch changed on every InferenceService"),
    "waivers.0.reason": ("another", "waiver of serving.single-zone has another reason: another"),
    "waivers.0.until": ("2028-01-01", "waiver of serving.single-zone lasts until 2027-03-31 -> 2028-01-01"),
}  # fmt: skip
ROUNDS: dict[str, tuple[str, Round, tuple[str, ...]]] = {
    "data and training": (TUMOR, DATA_AND_TRAINING, HARDWARE),
    "serving and watching": (
        TUMOR,
        SERVING_AND_WATCHING,
        ("latency objective lowered: 99% -> 98%", "latency is measured at the edge -> server"),
    ),
    "its end": (
        TUMOR,
        {
            "metadata.retired": (True, "retired: training, drift, quality and alerts stop"),
            "serving.scale_on.cpu": ("60%", "replicas follow cpu 70% -> cpu 60%"),
        },
        (),
    ),
    "a grid": (
        TUMOR,
        {
            "model.tune.search": ("grid", "search random -> grid"),
            "model.tune.over.learning_rate": ({"between": [0.1, 0.3], "steps": 2}, "steps=2"),
            "patches.0.target": (
                {"kind": "ServingRuntime", "name": "x"},
                "patch added on ServingRuntime x: the ingress team",
            ),
            "waivers.0.check": ("serving.no-slo", "waiver added: serving.no-slo until 2027-03-31"),
            "serving.scale_on": ({"gpu": "60%"}, "replicas follow cpu 70% -> gpu 60%"),
        },
        ("patch removed from every InferenceService", "waiver removed: serving.single-zone"),
    ),
    "batches": (
        ENERGY,
        {
            "serving.batch.schedule": ("0 3 * * *", "-> `0 3 * * *` Etc/UTC"),
            "serving.batch.timezone": ("Etc/UTC", "-> `0 3 * * *` Etc/UTC"),
            "serving.batch.input": ("s3://bucket/y/", "batch scoring's input is s3://acme-ml/grid/tomorrow/"),
            "serving.batch.output": ("s3://bucket/z/", "batch scoring's output is s3://acme-ml/grid/forecasts/"),
            "serving.batch.format": ("parquet", "batch scoring's format is csv -> parquet"),
            "serving.batch.timeout": ("9h", "batch scoring: timeout 2h -> 9h"),
        },
        (),
    ),
    "a language model": (
        ASSISTANT,
        {
            "model.source": (
                "hf://mistralai/Other:e0bc86c23ce5aae1db576c8cca6f06f1f73af2db",
                "serves another model: hf://mistralai/Mistral",
            ),
            "serving.llm.tensor_parallel": (1, "tensor_parallel 2 -> 1"),
            "serving.llm.max_model_len": (4096, "max_model_len 16384 -> 4096"),
            "serving.llm.quantization": ("awq", "quantization fp8 -> awq"),
            "serving.llm.gpu_memory": ("80%", "gpu_memory 90% -> 80%"),
            "serving.scale_on": ({"query": "sum(x)", "target": 9}, "-> query sum(x), target 9"),
            "monitoring.slos.time_to_first_token": (
                {"objective": "90%", "below": "1s"},
                "time to first token bound loosened: below 500ms -> 1s",
            ),
            "monitoring.slos.inter_token_latency": (
                {"objective": "90%", "below": "100ms"},
                "inter token latency bound loosened: below 50ms -> 100ms",
            ),
        },
        ("time to first token objective lowered: 95% -> 90%", "inter token latency objective lowered: 99% -> 90%"),
    ),
    "several nodes": (
        SCENES,
        {
            "model.train.distributed": (
                {"framework": "jax", "nodes": 2, "processes_per_node": 3},
                "4 nodes with pytorch -> 2 nodes with jax, 3 processes on each",
            ),
            "model.train.checkpoint": ("20m", "checkpoints every 10m -> 20m"),
            "model.train.approval": (["x"], "candidates are released by vision-leads -> x"),
            "model.evaluate.command": (["python", "-m", "x"], "the command of evaluate is"),
            "model.evaluate.inputs": (["scenes"], "the evaluation reads besides nothing -> scenes"),
            "model.evaluate.parameters": ({"a": 1}, "a added (1)"),
            "model.evaluate.env": ({"A": "b"}, "A added (b)"),
            "model.evaluate.secrets": ({"T": "s/k"}, "evaluate reads the secret s/k, as T"),
            "model.evaluate.service_account": ("me", "service account none -> me"),
            "serving.scale_on": ({"concurrency": 9}, "replicas follow concurrency 8.0 -> concurrency 9.0"),
        },
        (),
    ),
    "requests a second": (SCENES, {"serving.scale_on": ({"rps": 9}, "concurrency 8.0 -> rps 9.0")}, ()),
    "a graph": (
        TRIAGE,
        {
            "serving.graph": (
                {
                    "type": "splitter",
                    "of": [
                        {"pipeline": "screen", "weight": "30%"},
                        {"pipeline": TUMOR, "weight": "70%", "when": "a > 1"},
                    ],
                },
                "screen (30%), tumor-classifier (70%) (when a > 1)",
            ),
            "serving.timeout": ("9s", "a request may take 15s -> 9s"),
        },
        ("the graph is a switch -> splitter",),
    ),
}
UNTOLD = {
    "apiVersion": "there is one",
    "kind": "there is one",
    "metadata.name": "another name is another pipeline",
    "metadata.renamed_from": "a rename has tests of its own",
    "data.sources.local": "only a run on this machine reads it",
    "data.prepare.outputs.like": "what it comes to is in the contract of columns",
    "environments": "a patch over all other fields",
    "patches.json": "a patch is told as a whole",
}
NAMED = ("sources", "prepare", "columns", "outputs", "add", "features", "over", "hardware")
"""Keys whose keys are names that users choose."""


@cache
def document(name: str) -> Any:
    return plain(read(name, (REPOSITORY / f"specs/{name}.yaml").read_bytes()).root)  # type: ignore[arg-type]


def built(folder: Path, name: str, content: Any) -> dict[str, Plan]:
    """The plans of a pipeline by environment."""
    (folder / "specs").mkdir(parents=True)
    shutil.copy(REPOSITORY / "fairlead.yaml", folder)
    for each in (name, *PEERS.get(name, ())):
        for file in (REPOSITORY / "specs").glob(f"{each}.*yaml"):
            shutil.copy(file, folder / "specs")
    (folder / f"specs/{name}.yaml").write_text(json.dumps(content))
    found = plans(load(folder)).by_environment
    return {environment: found[environment][name] for environment in ("staging", "production")}


def changed(content: Any, round_: Round) -> Any:
    """The content of a specification with everything else written at these paths."""
    content = json.loads(json.dumps(content, default=str))
    for path, (value, _) in round_.items():
        section, steps = content, [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps[:-1]:
            section = section[step] if isinstance(step, int) else section.setdefault(step, {})
        section[steps[-1]] = value
    return content


@pytest.mark.parametrize("title", ROUNDS)
def test_all_that_changes_at_once_is_told(tmp_path: Path, title: str) -> None:
    name, round_, besides = ROUNDS[title]
    before = built(tmp_path / "before", name, document(name))
    after = built(tmp_path / "after", name, changed(document(name), round_))
    said = {effect.message for place in before for effect in effects(before[place], after[place])}
    for words in [*(words for _, words in round_.values()), *besides]:
        assert any(words in message for message in said), f"{words}\n  is not said by\n" + "\n".join(sorted(said))


def test_no_field_of_the_language_is_left_out() -> None:
    told = {
        path
        for _, round_, _ in ROUNDS.values()
        for written, (value, _) in round_.items()
        for path in _leaves(written, value)
    }
    fields = set(_fields(Pipeline))
    for field in sorted(fields - told - UNTOLD.keys()):
        # Columns of outputs are columns.
        column = field.replace("prepare.outputs.add", "sources.columns").replace(
            "prepare.outputs.columns", "sources.columns"
        )
        assert column in told, f"{field} has no line in this test"
    assert UNTOLD.keys() <= {*fields, *(field.rpartition(".")[0] for field in fields)}, "what no longer exists"


def _leaves(path: str, value: Any) -> Iterator[str]:
    """The fields that a value is written to, without the names that users chose."""
    steps, kept = path.split("."), list[str]()
    for position, step in enumerate(steps):
        if not step.isdecimal() and not (
            position and steps[position - 1] in NAMED and kept[-1:] == [steps[position - 1]]
        ):
            kept.append(step)
    field = ".".join(kept)
    yield field
    if field == "model.tune.over" and isinstance(value, list):
        yield f"{field}.choices"
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            for key, inner in each.items():
                yield from _leaves(f"{path}.{key}", inner)


def _fields(section: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        path = f"{above}{field.alias or name}"
        sections = [each for each in _types(field.annotation) if isinstance(each, type) and issubclass(each, BaseModel)]
        if path in UNTOLD or not sections or path.startswith("patches.json"):
            yield path
        for each in sections if path not in UNTOLD else ():
            yield from _fields(each, f"{path}.")


def _types(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _types(get_args(annotation)[0])
    elif origin is None:
        yield annotation
    elif origin is not Literal:
        for each in get_args(annotation):
            yield from _types(each)
