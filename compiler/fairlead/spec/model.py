"""`model`: what is learned, with which code, how it is tuned, judged and registered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fairlead.spec.base import Command, Items, Parameter, Positive, RelativePath, Section
from fairlead.spec.expressions import Gate, Objective
from fairlead.spec.steps import Inputs, Step
from fairlead.spec.units import Duration, EnvName, Identifier, ImageRef, ModelSource, Name, SecretRef

Task = Literal[
    "binary-classification",
    "multiclass-classification",
    "regression",
    "forecasting",
    "ranking",
    "text-generation",
    "embedding",
    "custom",
]
Framework = Literal[
    "sklearn", "xgboost", "lightgbm", "pytorch", "tensorflow", "onnx", "huggingface", "mlflow", "custom"
]


class Code(Section):
    """The training code and the image that it is built into."""

    path: RelativePath | None = None
    """The folder of the code in the repository; `models/<name>` where nothing is said."""
    image: ImageRef | None = None
    """The image that steps run in, without tag or digest: the lock has the digest. Where nothing is said,
    `ghcr.io/<owner of git.repository>/<name>`."""


class Distributed(Section):
    """Training on several nodes at once, through Kubeflow Trainer."""

    framework: Literal["pytorch", "mpi", "jax"] = "pytorch"
    """The launcher: torchrun for pytorch, mpirun for mpi."""
    nodes: Annotated[Positive, Field(ge=2)]
    """How many nodes train together; all start, or none."""
    processes_per_node: Positive | None = None
    """Processes on a node; as many as it has GPUs, or one."""


class Train(Step):
    """The step that learns. It writes the model as a folder to FAIRLEAD_OUTPUT_MODEL."""

    timeout: Duration = Duration.parse("2h")
    """How long one attempt may take."""
    seed: int = 0
    """The value of FAIRLEAD_SEED."""
    distributed: Distributed | None = None
    """Training on several nodes."""
    checkpoint: Duration | None = None
    """How often the code writes a checkpoint to FAIRLEAD_CHECKPOINTS, from which it resumes after an interruption."""
    approval: Items[Name] = ()
    """Teams of which a person must release the promotion of every candidate."""


def _list_to_choices(value: object) -> object:
    return {"choices": value} if isinstance(value, list) else value


class Range(Section):
    """The values of one parameter that a search tries: a range, or a list. In the file a list is written as it is."""

    between: Annotated[Items[float], Field(min_length=2, max_length=2)] | None = None
    """The least and the greatest value, both included."""
    scale: Literal["linear", "log"] = "linear"
    """Whether values are drawn evenly, or evenly in their logarithm."""
    steps: Annotated[int, Field(ge=2)] | None = None
    """How many values a grid takes from the range."""
    integer: bool = False
    """Whether values are rounded to whole numbers."""
    choices: Annotated[Items[Parameter], Field(min_length=1)] | None = None
    """The values of a list."""


SearchSpace = Annotated[Range, BeforeValidator(_list_to_choices, json_schema_input_type=list[Any] | Range)]


class Tune(Section):
    """A search for parameters: trials fan out, and training then uses the best."""

    search: Literal["grid", "random"] = "random"
    """grid: every combination of the lists and of the ranges' steps. random: as many draws as there are trials."""
    over: Annotated[dict[Identifier, SearchSpace], Field(min_length=1)]
    """The parameters that are searched: a list of values, or `{between: [low, high], scale: log}`."""
    trials: Annotated[Positive, Field(le=1000)] | None = None
    """How many trials; needed for a random search, and at most all points for a grid."""
    parallel: Positive = 1
    """How many trials run at once."""
    seed: int = 0
    """The seed of a random search: the same seed gives the same trials."""
    objective: Objective
    """`maximize METRIC` or `minimize METRIC`, on the validation split."""


class Evaluate(Section):
    """How a model is judged, on the test split, and what it must reach."""

    metrics: Annotated[Items[Identifier], Field(min_length=1)] | None = None
    """The metrics, by scikit-learn's usual names; the task's usual ones where nothing is said."""
    gates: Items[Gate] = ()
    """What must hold, all of it, or nothing downstream happens."""
    min_support: Annotated[int, Field(ge=1)] = 30
    """Rows (and positives) that a gated slice needs to mean anything."""
    command: Command | None = None
    """A command of the user's own instead of the built-in evaluator; it then owns the metrics' names."""
    inputs: Inputs = Field(default_factory=dict)
    """Datasets that the user's own evaluator reads besides the test split and the model."""
    image: ImageRef | None = None
    """The image that the evaluator runs in."""
    parameters: dict[Identifier, Parameter] = Field(default_factory=dict)
    """Values for the user's own evaluator."""
    env: dict[EnvName, str] = Field(default_factory=dict)
    """Environment variables for the evaluator."""
    secrets: dict[EnvName, SecretRef] = Field(default_factory=dict)
    """Environment variables that come from Kubernetes Secrets, as `NAME: secret/key`."""
    service_account: Name | None = None
    """A ServiceAccount of the platform's for the evaluator."""
    timeout: Duration = Duration.parse("1h")
    """How long one evaluation may take."""


class Registry(Section):
    """Where versions are registered."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """The registered model's name in MLflow."""


class Model(Section):
    """What is learned, with which code, how it is tuned, judged and registered."""

    task: Task = "custom"
    """The kind of question that the model answers; it decides the metrics and the built-in evaluator."""
    framework: Framework = "custom"
    """What the model is made with; it decides the default runtime."""
    source: ModelSource | None = None
    """A model that exists already and is served without training, as `hf://org/model:<revision>`."""
    code: Code = Code()
    """The training code and its image."""
    train: Train | None = None
    """The step that learns."""
    tune: Tune | None = None
    """A search for parameters before training."""
    evaluate: Evaluate | None = None
    """How a model is judged; the task's usual metrics and no gate where nothing is said."""
    registry: Registry | None = None
    """Where versions are registered; under the pipeline's name where nothing is said."""
