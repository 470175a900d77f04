"""Random projects over the whole language: `estates()` is a hypothesis strategy of `Estate`, which writes its files.

What is drawn is meant to be valid: choices that depend on each other are made together, and the little that remains is
told apart by compiling. Nothing here needs more than hypothesis and the compiler itself.
"""

from __future__ import annotations

from tests.laws.generate.estates import Estate, estates
from tests.laws.generate.texts import calm

__all__ = ["Estate", "calm", "estates"]
