"""Effects: what a change does, in words of the field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fairlead.source.places import Place


class Severity(StrEnum):
    """How much a reviewer has to look at an effect, worst first."""

    DESTROYS = "destroys"
    """Something that runs, answers or holds data is deleted, or deleted and made anew."""
    RISK = "risk"
    """Data or traffic is at risk: who may call, what a gate lets through, which version gets requests, what watches."""
    BEHAVIOUR = "behaviour"
    """What runs does something else than before."""
    NOTICE = "notice"
    """Worth knowing, and nothing that runs does anything else."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that the change does, in words of the field."""

    severity: Severity
    kind: str
    """A stable word for programs, as `retrains`, `rollout`, `replicas`; docs/preview.md lists all."""
    message: str
    """One sentence that starts in lower case and ends without a full stop: `memory limit 4Gi -> 2Gi`."""
    environment: str | None = None
    """The environment; None for what concerns the repository as a whole."""
    pipeline: str | None = None
    """The pipeline by its name in head, or in base where it is gone; None for what pipelines share."""
    node: str | None = None
    """The node of the plan that it is about, as `train`, `serve`, `slo/latency`."""
    place: Place | None = None
    """Where it comes from: in head's files, and for what is gone (see `in_base`) in base's."""
    in_base: bool = False
    """Whether `place` is a place in base's files."""
    why: tuple[str, ...] = ()
    """What it consists of or leads to, one sentence each; folded away where space is short."""
