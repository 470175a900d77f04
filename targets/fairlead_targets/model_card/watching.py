"""What is promised, what is watched, and when it learns again."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Drift, DriftScore, Quality, Retrain, Slo
from fairlead.plan.plan import Plan
from fairlead_targets.model_card.lines import Line, listed


def watching(plan: Plan) -> Iterator[Line]:
    """Objectives, drift, quality and retraining, with the plan's defaults applied."""
    for slo in plan.of(Slo):
        below = f" below {slo.below}" if slo.below is not None else ""
        yield Line("objective", f"{slo.signal} of {slo.objective}{below}, over {slo.window}")
    if (drift := plan.only(Drift)) is not None:
        scores = tuple(Line("", f"{s.feature}: {s.method} from {s.threshold}") for s in plan.of(DriftScore))
        paused = ", paused" if drift.suspended else ""
        yield Line("drift", f"every {drift.every}, over {drift.window}{paused}", scores)
    if (quality := plan.only(Quality)) is not None:
        delay = f", {quality.delay} after the request" if quality.delay is not None else ""
        paused = ", paused" if quality.suspended else ""
        expected = listed(quality.expectations)
        yield Line("quality on real traffic", f"{expected}, every {quality.every} over {quality.window}{delay}{paused}")
    if (retrain := plan.only(Retrain)) is not None:
        when = [f"on the schedule {retrain.schedule} ({retrain.timezone})"] if retrain.schedule is not None else []
        when += [f"on {each}" for each in retrain.on]
        paused = ", paused" if retrain.suspended else ""
        train = plan.unit.pipeline.model.train if plan.unit.pipeline.model is not None else None
        # What a team releases is not merged by itself, whatever `promote` says.
        by_itself = retrain.promote == "automatic" and not (train is not None and train.approval)
        merged = "merged when its checks pass" if by_itself else "a person merges"
        yield Line("learns again", f"{listed(when, 'when it is started')}{paused}; the candidate: {merged}")
