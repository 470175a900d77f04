"""The model that a candidate is compared with on this machine: the one that the lock of this machine holds.

In a cluster the champion is the locked version too. Nothing else is one: what was registered here and never locked
serves nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.local.outcomes import Outcome
from fairlead.output.replace import replace_file_beside
from fairlead.plan.contract import champion_variables
from fairlead.workspace.local_lock import read_local_lock


@dataclass(frozen=True, slots=True)
class Champions:
    """The champion of one pipeline, and which champion each registered candidate was compared with.

    The second keeps a model from being compared with itself: once a candidate is locked, running the same again finds
    it as the champion, and has to come to the verdict that it came to before.
    """

    root: Path
    pipeline: str
    folder: Path

    def variables(self, candidate: str | None) -> dict[str, str]:
        """The variables that tell a step the champion; none before there is one. Raises Refused, and OSError.

        `candidate` is the digest of the candidate's model.
        """
        lock = read_local_lock(self.root, self.pipeline)
        model = lock.model if lock is not None else None
        if model is None:
            return {}
        known = self._known(candidate) if candidate else None
        if known is not None and known.get("digest") == str(model.digest):
            return dict(known["champion"])
        return champion_variables(model)

    def registered(self, candidate: str | None, champion: Mapping[str, str], version: Outcome) -> None:
        """Remembers what a registered candidate was compared with. Raises OSError."""
        digest = _digest_in(version.path("version"))
        if candidate is None or digest is None or self._known(candidate) is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"digest": digest, "champion": dict(champion)}, indent=2, sort_keys=True) + "\n"
        replace_file_beside(self.folder / f"{candidate}.json", content.encode())

    def _known(self, candidate: str) -> dict[str, Any] | None:
        try:
            said = json.loads((self.folder / f"{candidate}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return said if isinstance(said, dict) and isinstance(said.get("champion"), dict) else None


def _digest_in(path: Path) -> str | None:
    """The digest of the model that a version's record names."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    model = said.get("model", said)
    digest = model.get("digest") if isinstance(model, dict) else None
    return digest if isinstance(digest, str) else None
