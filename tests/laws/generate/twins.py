"""A harmless twin of a project: where text is free, each text is a plain token, and the rest is the same.

What a consumer makes of the hostile project has to be what it makes of the twin, with the texts in place of the tokens:
then nobody on the way has read a text as anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel

from fairlead.project.lock import Lock
from fairlead.project.model import Project
from fairlead.spec.pipeline import Pipeline
from tests.laws.generate.estates import Estate
from tests.laws.generate.positions import FREE, swapped

TOKEN: Final = re.compile(r"Zq[0-9]+z")
_PAGE: Final = re.compile(r"(https?://[^/?#]+/)(.+)", re.DOTALL)
_QUOTED: Final = re.compile(r'"([^"]+)"')
MEANT: Final = frozenset(
    {"patches[].target.kind", "patches[].target.name", "platform.prometheus", "artifacts.endpoint", "targets.*.*"}
    | {f"{model}.packages.*" for model in ("model", "previous", "rollout.canary")}
)
"""Places of free text that mean something: another one would be another project."""


@dataclass(frozen=True)
class Twin:
    """A project with tokens, and what each stands for."""

    estate: Estate
    texts: dict[str, str]

    def restored(self, text: str) -> str:
        """A text with what the tokens in it stand for."""
        return TOKEN.sub(lambda token: self.texts[token[0]], text)

    @property
    def hostile(self) -> list[str]:
        """The texts that tokens stand for."""
        return list(self.texts.values())


def twin(estate: Estate) -> Twin:
    """The twin of a project."""
    tokens: dict[str, str] = {}

    def token(text: str) -> str:
        return tokens.setdefault(text, f"Zq{len(tokens)}z")

    def swap(place: str, kind: str, text: str) -> str:
        if place in MEANT:
            return text
        if kind in FREE:
            return token(text) if text else text
        if kind == "WebUrl":
            return _PAGE.sub(lambda page: page[1] + token(page[2]), text)
        if kind == "Condition":
            return _QUOTED.sub(lambda quoted: f'"{token(quoted[1])}"', text)
        return text

    def all_of(model: type[BaseModel], trees: dict[str, Any]) -> dict[str, Any]:
        return {path: swapped(model, tree, swap) for path, tree in trees.items()}

    changed = replace(
        estate,
        project=swapped(Project, estate.project, swap),
        specs=all_of(Pipeline, estate.specs),
        locks=all_of(Lock, estate.locks),
    )
    return Twin(changed, {name: text for text, name in tokens.items()})
