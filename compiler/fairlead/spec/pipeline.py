"""A pipeline's specification as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from fairlead.spec.adjustments import Patch, Waiver
from fairlead.spec.base import Items, Section
from fairlead.spec.data import Data
from fairlead.spec.hardware import HardwareChoice
from fairlead.spec.metadata import Metadata
from fairlead.spec.model import Model
from fairlead.spec.monitoring import Monitoring
from fairlead.spec.retraining import Retraining
from fairlead.spec.serving import Serving
from fairlead.spec.units import Money, Name

API_VERSION = "fairlead.dev/v1"


class Pipeline(Section):
    """One model in production, from its data to its alerts."""

    api_version: Annotated[Literal["fairlead.dev/v1"], Field(alias="apiVersion")]
    """The version of the language."""
    kind: Literal["Pipeline"]
    """What this file describes."""
    metadata: Metadata
    """What the pipeline is called and who answers for it."""
    data: Data | None = None
    """Where rows come from, what they must look like, how they are prepared and split."""
    model: Model | None = None
    """What is learned, with which code, how it is tuned, judged and registered."""
    hardware: dict[Name, HardwareChoice] = Field(default_factory=dict)
    """What each role runs on: `default`, `train`, `tune`, `evaluate`, `serving`, `batch`, `monitoring`, or the name
    of a
    step of `prepare`. A profile of fairlead.yaml by name, or one written here."""
    serving: Serving | None = None
    """How the model answers; without this section there is no server."""
    monitoring: Monitoring | None = None
    """What is promised, and what is watched."""
    retraining: Retraining | None = None
    """When the loop closes."""
    suspend: bool = False
    """Pauses everything scheduled: training, drift, quality and batch scoring."""
    max_cost_per_run: Money | None = None
    """The most that one training run may cost in the worst case, retries included; more is an error."""
    environments: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    """What differs in an environment: a merge patch over this file, in which lists replace and null removes."""
    patches: Items[Patch] = ()
    """Changes to generated resources, where a target's field has no word in the language."""
    waivers: Items[Waiver] = ()
    """Policy findings that are accepted, each with a reason and an end."""
