"""The contract of a step, version 1: the names of its variables and the form of their values.

The engine on this machine and every target use these, so a step finds the same wherever it runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fairlead.project.lock import LockedModel

PARAMETERS: Final = "FAIRLEAD_PARAMS"
"""The path of a file with all parameters as one JSON object."""
STEP: Final = "FAIRLEAD_STEP"
PIPELINE: Final = "FAIRLEAD_PIPELINE"
RUN_ID: Final = "FAIRLEAD_RUN_ID"
"""Identifies the run as a whole; the same for all of its steps and for every attempt."""
SEED: Final = "FAIRLEAD_SEED"
CHECKPOINTS: Final = "FAIRLEAD_CHECKPOINTS"
"""Where training writes checkpoints and finds them after an interruption: a URI in a cluster, a path here."""
ARTIFACTS: Final = "FAIRLEAD_ARTIFACTS"
"""The URI of the project's object store, for Fairlead's own steps."""
TRIALS: Final = "FAIRLEAD_TRIALS"
"""The path of a folder with the parameters of every trial, in `<index>.json`, for the step that chooses among them."""
STATUS: Final = "FAIRLEAD_STATUS"
"""How a run ended, for the step that reports it: `Succeeded`, `Failed` or `Error`."""
TRIGGER: Final = "FAIRLEAD_TRIGGER"
"""What started the run: `schedule`, `drift`, `quality`, `new-data` or `manual`."""

USAGE: Final = "FAIRLEAD_USAGE"
"""The path of a small JSON file in which a step says what it used; `fairlead.steps.measure` writes it."""
USAGE_INPUT: Final = "usage"
"""The name of the input by which registering finds these files: a folder, in which their paths are the steps' ids."""

CHAMPION_VERSION: Final = "FAIRLEAD_CHAMPION_VERSION"
"""The number of the version that is served; this and the following are not set before the first one."""
CHAMPION_URI: Final = "FAIRLEAD_CHAMPION_URI"
CHAMPION_DIGEST: Final = "FAIRLEAD_CHAMPION_DIGEST"
CHAMPION_REFERENCE: Final = "FAIRLEAD_CHAMPION_REFERENCE"
"""The URI of the statistics of what it learned from, where there are any."""
CHAMPION_REFERENCE_DIGEST: Final = "FAIRLEAD_CHAMPION_REFERENCE_DIGEST"
CHAMPION: Final[Mapping[str, str]] = {
    "version": CHAMPION_VERSION,
    "uri": CHAMPION_URI,
    "digest": CHAMPION_DIGEST,
    "reference": CHAMPION_REFERENCE,
    "reference-digest": CHAMPION_REFERENCE_DIGEST,
}
"""The variables by the keys under which a setting keeps their values."""

REFUSED: Final = 10
"""The exit code of a gate that refuses."""
BAD_DATA: Final = 11
"""The exit code of a check that data does not pass."""


def champion(model: LockedModel) -> dict[str, str]:
    """What steps are told of the version that is served, by the keys of `CHAMPION`."""
    found = {"version": str(model.version), "uri": str(model.uri), "digest": str(model.digest)}
    if model.reference is not None:
        found |= {"reference": str(model.reference.uri), "reference-digest": str(model.reference.digest)}
    return found


def champion_variables(model: LockedModel) -> dict[str, str]:
    """The variables by which a step on this machine knows the version that is served."""
    return {CHAMPION[key]: value for key, value in champion(model).items()}


def input_variable(name: str) -> str:
    """The variable with the path of an input, or with its URI where it is read by reference."""
    return f"FAIRLEAD_INPUT_{_variable(name)}"


def output_variable(name: str) -> str:
    """The variable with the path that an output is written to."""
    return f"FAIRLEAD_OUTPUT_{_variable(name)}"


def result_variable(name: str) -> str:
    """The variable with the path of a small text that one of Fairlead's own steps writes for the engine."""
    return f"FAIRLEAD_RESULT_{_variable(name)}"


def parameter_variable(name: str) -> str:
    """The variable with the value of a parameter."""
    return f"FAIRLEAD_PARAM_{_variable(name)}"


def surroundings(*, step: str, pipeline: str, run_id: str, seed: int, parameters: str) -> dict[str, str]:
    """The variables that every step finds; `parameters` is the path of the file of parameters."""
    return {STEP: step, PIPELINE: pipeline, RUN_ID: run_id, SEED: str(seed), PARAMETERS: parameters}


def parameter_variables(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The variables of parameters, for a step of the user's own: Fairlead's read the file."""
    return {parameter_variable(name): parameter_text(value) for name, value in parameters.items()}


def parameter_text(value: Any) -> str:
    """A parameter's value as a variable holds it: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def parameters_json(parameters: Mapping[str, Any]) -> str:
    """The content of the file of parameters, in ASCII, in the order of the specification."""
    return json.dumps(dict(parameters), allow_nan=False)


def _variable(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")
