"""The target as a whole."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar, Final

from fairlead.plan.plan import Plan
from fairlead.resources.resource import File, Origin
from fairlead.source.markdown import inline
from fairlead.spec.secrets import masked
from fairlead.target import Compiled, Options, Target
from fairlead_targets.model_card.card import sections

if TYPE_CHECKING:
    from jinja2 import Template

NAME: Final = "model-card"
CARD: Final = PurePosixPath("README.md")
"""The name under which hosts of Git show a folder's page."""


class ModelCard(Target):
    """A model card for each pipeline in each environment."""

    name: ClassVar[str] = NAME
    summary: ClassVar[str] = "a model card for each pipeline and environment, in Markdown"

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """The card, as README.md."""
        origin = Origin(NAME, plan.unit.place("metadata", "name"), "says what the model is, is worth and is for")
        return Compiled(files=[File(CARD, render(plan), origin)])


def render(plan: Plan) -> str:
    """The card as Markdown, in which no text of the specification or the lock means anything."""
    return _template().render(
        name=plan.name, environment=plan.unit.environment, file=plan.unit.file, sections=sections(plan)
    )


@cache
def _template() -> Template:
    """The template, compiled once: that takes longer than everything else about a card."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701 - Markdown is no HTML; every value goes through a filter of our own
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["inline"] = lambda text: inline(masked(str(text)))
    text = files("fairlead_targets.model_card").joinpath("templates/card.md.j2").read_text(encoding="utf-8")
    return environment.from_string(text)
