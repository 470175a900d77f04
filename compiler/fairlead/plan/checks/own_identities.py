"""Accounts and secrets that Fairlead makes for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.project.unit import Peers
from fairlead.resources import conventions
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Path
from fairlead.spec.model import Evaluate
from fairlead.spec.serving import Serving
from fairlead.spec.steps import Step

GENERATED_ACCOUNT = Code(
    "FL3200",
    "a service account that Fairlead makes",
    """
    `service_account` is for an account of the platform's. One that is generated belongs to one component of one
    pipeline: whoever runs as it has that component's rights, and the cloud identity that the platform gave to it,
    such as the one that writes candidates or starts trainings.

    ```yaml
    train: {service_account: tumor-classifier-serve}            # FL3200
    ```

    Mended: leave it out, or name an account that the platform made for this step.
    """,
)
GENERATED_SECRET = Code(
    "FL3201",
    "a secret that Fairlead makes for a controller",
    """
    The token of a component's account is for Argo's executor, and the bearer token of the project's events for
    Alertmanager; no step's own code gets either, because it could report what other steps gave, or start trainings.

    ```yaml
    train: {secrets: {TOKEN: churn-train.service-account-token/token}}      # FL3201
    ```

    Mended: remove it, or name a Secret that was made for this step.
    """,
)

_ENDINGS: Final = ("-train", "-watch", "-serve", "-retrain")
_CUT: Final = re.compile(r".*-[0-9a-f]{8}")
TOKEN_ENDING: Final = ".service-account-token"  # noqa: S105 - the end of a name


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Nothing of the user's own runs as, or reads, what was made for something else."""
    unit, project = plan.unit, str(plan.unit.project.metadata.name)
    for path, section in sections(plan):
        account = section.service_account
        owner = _owner(str(account), plan.peers) if account is not None else None
        if owner is not None:
            message = f"`{account}` is an account that is generated for `{owner}`"
            help_ = "leave it out, or name an account of the platform's"
            yield Diagnostic(GENERATED_ACCOUNT, unit.place(*path, "service_account"), message, help_)
        for name, reference in section.secrets.items():
            if reference.name.endswith(TOKEN_ENDING) or reference.name == conventions.events(project):
                message = f"the Secret `{reference.name}` is for a controller, and not for a step"
                place = unit.place(*path, "secrets", str(name))
                yield Diagnostic(GENERATED_SECRET, place, message, "remove it, or name a Secret made for this")


def sections(plan: Plan) -> Iterator[tuple[Path, Step | Evaluate | Serving]]:
    """The sections of a specification that say what runs as whom, with what."""
    pipeline = plan.unit.pipeline
    for name, step in pipeline.data.prepare.items() if pipeline.data else ():
        yield ("data", "prepare", str(name)), step
    named: Mapping[str, Step | Evaluate | None] = {}
    if pipeline.model is not None:
        named = {"train": pipeline.model.train, "evaluate": pipeline.model.evaluate}
    for key, section in named.items():
        if section is not None:
            yield ("model", key), section
    if pipeline.serving is not None:
        yield ("serving",), pipeline.serving


def _owner(account: str, peers: Peers) -> str | None:
    """The pipeline that an account is generated for."""
    for ending in _ENDINGS:
        if account.endswith(ending) and account.removesuffix(ending) in peers:
            return account.removesuffix(ending)
    if not _CUT.fullmatch(account):
        return None
    # Only a name that was cut says no longer whose it is.
    makers = (conventions.training, conventions.watching, conventions.serving_account, conventions.retrainer)
    return next((name for name in peers if any(make(name) == account for make in makers)), None)
