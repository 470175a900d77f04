"""What a step finds around it: its variables, its folder, its parameters.

A container has nothing of the machine that it was started from, so a step here sees none of the caller's variables but
those that say how this machine works: where programs are, how networks and clouds are reached.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from fairlead.local.step import Step
from fairlead.plan import contract

INHERITED: Final = (
    # Where programs and people are.
    "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_*", "TZ", "XDG_*", "VIRTUAL_ENV", "CONDA_*", "LD_LIBRARY_PATH",
    # How networks are reached.
    "*_PROXY", "*_proxy", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    # How stores and MLflow are reached: in a cluster, the Pod's identity.
    "AWS_*", "GOOGLE_*", "CLOUDSDK_*", "AZURE_*", "HF_TOKEN", "HF_HOME", "MLFLOW_*",
    # What accelerators there are.
    "CUDA_*", "NVIDIA_*", "ROCR_*",
)  # fmt: skip
"""The variables of the caller that a step sees, as patterns."""
OWN_STEPS: Final = (sys.executable, "-m", "fairlead.steps")
"""The command of Fairlead's own steps, which a step's name follows: they run on the Python that Fairlead runs on."""
TRACKING_URI: Final = "MLFLOW_TRACKING_URI"
EXPERIMENT: Final = "MLFLOW_EXPERIMENT_NAME"
MLFLOW_RUN: Final = "MLFLOW_RUN_ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all steps of a run share."""

    pipeline: str
    code: Path
    """The folder of the training code: what the image is built from."""
    tracking_uri: str
    artifacts: str
    """The URI of the store that Fairlead's own steps write to."""
    caller: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    own: tuple[str, ...] = OWN_STEPS

    def command(self, step: Step) -> list[str]:
        """The argument vector."""
        if step.run.built_in is not None:
            return [*self.own, step.run.built_in]
        return list(step.run.command)

    def folder(self, step: Step, work: Path) -> Path:
        """The working directory."""
        return work if step.run.built_in is not None else self.code

    def path(self) -> str:
        """`PATH`: `python` is the Python that Fairlead runs on."""
        return os.pathsep.join((str(Path(sys.executable).parent), self.caller.get("PATH", os.defpath)))

    def missing_secrets(self, step: Step) -> list[str]:
        """The step's secrets that the caller's environment does not have."""
        return [name for name in step.run.secrets if name not in step.run.env and not self.caller.get(name)]

    def variables(
        self,
        step: Step,
        *,
        work: Path,
        run: str,
        mlflow_run: str | None,
        parameters: Mapping[str, Any],
        inputs: Mapping[str, str],
        more: Mapping[str, str],
    ) -> dict[str, str]:
        """All variables of a step. The user's win over what is inherited, and lose to the contract."""
        own = step.run.built_in is None
        inherited = {
            name: value
            for name, value in self.caller.items()
            if any(fnmatchcase(name, pattern) for pattern in INHERITED)
        }
        secrets = {name: self.caller[name] for name in step.run.secrets if name in self.caller}
        defaults = {TRACKING_URI: self.tracking_uri, EXPERIMENT: self.pipeline, "TMPDIR": str(work / "tmp")}
        if own:
            defaults["PYTHONPATH"] = str(self.code)
        contracted = contract.surroundings(
            step=step.title,
            pipeline=self.pipeline,
            run_id=run,
            seed=step.run.seed,
            parameters=str(work / "parameters.json"),
        )
        if not own:
            contracted[contract.ARTIFACTS] = self.artifacts
        if mlflow_run is not None:
            contracted[MLFLOW_RUN] = mlflow_run
        files = {
            **{contract.input_variable(name): where for name, where in inputs.items()},
            **{contract.output_variable(give.name): str(work / "out" / give.name) for give in step.outputs},
            **{contract.result_variable(name): str(work / "results" / name) for name in step.results},
        }
        fixed = contract.parameter_variables(parameters) if own else {}
        inherited.pop(MLFLOW_RUN, None)
        found = {**inherited, "PATH": self.path(), **defaults, **secrets, **step.run.env}
        return {**found, **contracted, **files, **fixed, **more}
