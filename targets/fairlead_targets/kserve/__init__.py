"""Model servers on KServe: the built-in target `kserve`."""

from __future__ import annotations

from fairlead_targets.kserve.target import KServe

__all__ = ["KServe"]
