"""What a step finds around it: the contract's environment variables, read once and checked."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fairlead.plan import contract
from fairlead.steps.failures import StepFailure

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True)
class Context:
    """The surroundings of one step.

    `environ` holds the variables of the contract; `parameters` is the content of the file of parameters.
    """

    environ: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Context:
        """The context that the variables of this process describe. Raises StepFailure where they contradict."""
        environ = os.environ if environ is None else environ
        file = environ.get(contract.PARAMETERS)
        if not file:
            return cls(dict(environ))
        try:
            parameters = json.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StepFailure(f"the parameters in {file} can't be read: {error}", _USE) from error
        if not isinstance(parameters, dict):
            raise StepFailure(f"{file} holds no JSON object, and parameters are one", _USE)
        return cls(dict(environ), parameters)

    @property
    def step(self) -> str:
        """The id of the node that this step belongs to."""
        return self.required(contract.STEP)

    @property
    def pipeline(self) -> str:
        """The pipeline's name."""
        return self.required(contract.PIPELINE)

    @property
    def run_id(self) -> str:
        """The run as a whole; the same for every step and attempt."""
        return self.required(contract.RUN_ID)

    @property
    def seed(self) -> int:
        """The seed of everything random. Raises StepFailure where it is no whole number."""
        text = self.environ.get(contract.SEED, "0")
        try:
            return int(text)
        except ValueError:
            raise StepFailure(f"{contract.SEED} is {text!r}, and no whole number", _USE) from None

    @property
    def artifacts(self) -> str:
        """The URI of the project's object store, without a slash at the end."""
        return self.required(contract.ARTIFACTS).rstrip("/")

    def required(self, variable: str) -> str:
        """The value of a variable. Raises StepFailure where it is not set."""
        value = self.environ.get(variable)
        if not value:
            raise StepFailure(f"the variable {variable} is not set", _USE)
        return value

    def read_parameters(self, model: type[P]) -> P:
        """The parameters as a typed model, which must know all of them.

        Raises StepFailure, naming each one that is off.
        """
        try:
            return model.model_validate(dict(self.parameters))
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            help_ = (
                "the runner image and the compiler that wrote this workflow are of different versions: use one for both"
            )
            raise StepFailure(f"the parameters of this step are not understood: {wrong}", help_) from error

    def input(self, name: str) -> Path:
        """The path of an input. Raises StepFailure where it is not given or nothing is there."""
        path = self.optional_input(name)
        if path is None:
            variable = contract.input_variable(name)
            given = self.environ.get(variable)
            what = f"nothing is at {given}" if given else f"{variable} is not set"
            raise StepFailure(f"the input `{name}` is missing: {what}", _USE)
        return path

    def optional_input(self, name: str) -> Path | None:
        """The path of an input that need not be there, such as the report of a champion before there is one."""
        given = self.environ.get(contract.input_variable(name))
        return Path(given) if given and Path(given).exists() else None

    def reference(self, name: str) -> str:
        """The URI of an input that is read by reference. Raises StepFailure where it is not given."""
        return self.required(contract.input_variable(name))

    def output(self, name: str) -> Path:
        """The path of an output, its folder made. Raises StepFailure where it is not given."""
        path = Path(self.required(contract.output_variable(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def has_output(self, name: str) -> bool:
        """Whether anybody wants an output; a snapshot that all read by address has none."""
        return bool(self.environ.get(contract.output_variable(name)))

    def result(self, name: str, value: str) -> None:
        """Writes a small text for the engine. Nothing is written where the engine asks for none of this name."""
        given = self.environ.get(contract.result_variable(name))
        if given:
            path = Path(given)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(value, encoding="utf-8")


_USE = "steps are run by an engine: `fairlead run` here, the compiled workflow in a cluster"
