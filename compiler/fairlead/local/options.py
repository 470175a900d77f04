"""What a person asks of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person asks of a run."""

    use_known: bool = True
    """Whether outcomes that are known are used; what runs is kept in any case."""
    again: frozenset[str] = frozenset()
    """Steps that run even where their outcome is known."""
    only: bool = False
    """Whether nothing but `again` may run: what it reads has to be known."""
    wanted: frozenset[str] | None = None
    """The steps of this run; all where it is None."""
    jobs: int | None = None
    """How many steps run at once, whatever CPU they ask for; as many as the cores allow where it is None."""

    def wants(self, step: str) -> bool:
        """Whether a step is one of this run."""
        return self.wanted is None or step in self.wanted
