"""`metadata`: what a pipeline is called and who answers for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fairlead.spec.base import Section
from fairlead.spec.units import LabelKey, LabelValue, Name


class Metadata(Section):
    """What a pipeline is called, who answers for it, and where in its life it is."""

    name: Name
    """The pipeline's name, an RFC 1123 label: the root of every generated name."""
    owner: Name
    """The team that is paged and that approves; becomes the label `team` of every alert."""
    description: Annotated[str, Field(max_length=1000)] = ""
    """What the model is for, in a sentence or two."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Kubernetes labels that every generated resource carries."""
    renamed_from: Name | None = None
    """The name that this pipeline had before: the preview then shows a rename instead of a deletion and a birth."""
    retired: bool = False
    """Ends the pipeline's life in two steps: training and alerts stop now, and the rest goes when the file is
    removed."""
