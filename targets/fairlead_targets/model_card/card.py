"""The sections of a card, in the order in which somebody asks who meets the model for the first time."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead_targets.model_card.data import data
from fairlead_targets.model_card.evaluation import evaluation
from fairlead_targets.model_card.lines import Line, Section, listed
from fairlead_targets.model_card.unknown import unknown
from fairlead_targets.model_card.use import use
from fairlead_targets.model_card.version import rollback, version
from fairlead_targets.model_card.watching import watching


def sections(plan: Plan) -> list[Section]:
    """The card of a pipeline in an environment; sections that would be empty are left out."""
    made = {
        "What it is for": about(plan),
        "The version that is served": version(plan),
        "How it was judged": evaluation(plan),
        "The data that it learns from": data(plan),
        "Who may use it, and what is kept": use(plan),
        "How it is watched and renewed": watching(plan),
        "How to go back": rollback(plan),
        "What was accepted": accepted(plan),
        "What is not known": unknown(plan),
    }
    found = [Section(title, tuple(lines)) for title, lines in made.items()]
    return [section for section in found if section.lines]


def about(plan: Plan) -> Iterator[Line]:
    """The intended use, who answers, and where in its life it is."""
    metadata, monitoring = plan.unit.pipeline.metadata, plan.unit.pipeline.monitoring
    yield Line("intended use", metadata.description or "not said: `metadata.description` is empty")
    yield Line("owner", str(metadata.owner))
    if monitoring is not None:
        yield Line("woken for it", str(monitoring.alerts.page or metadata.owner))
        if monitoring.runbook is not None:
            yield Line("runbook", str(monitoring.runbook))
        if monitoring.dashboard is not None:
            yield Line("dashboard", str(monitoring.dashboard))
    if (model := plan.unit.pipeline.model) is not None:
        known = [word for word in (model.task, f"with {model.framework}") if "custom" not in word]
        yield Line("task", ", ".join(known) or "one of its own, with a framework of its own")
    if metadata.labels:
        yield Line("labels", listed(f"{key}={value}" for key, value in sorted(metadata.labels.items())))
    if metadata.renamed_from is not None:
        yield Line("name before", str(metadata.renamed_from))
    if metadata.retired:
        yield Line("retired", "training and alerts have ended, and it will be removed")
    if plan.unit.pipeline.suspend:
        yield Line("suspended", "everything scheduled is paused")


def accepted(plan: Plan) -> Iterator[Line]:
    """Findings that are waived, with their ends, and what is patched by hand."""
    for waiver in plan.unit.pipeline.waivers:
        yield Line(f"waiver of {waiver.check}", f"{waiver.reason}, until {waiver.until.isoformat()}")
    for patch in plan.unit.pipeline.patches:
        name = f" {patch.target.name}" if patch.target.name else ""
        yield Line(f"patch of {patch.target.kind}{name}", patch.why)
