"""Names outside of the cluster that two pipelines claim."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.project.unit import Unit, Units, host_of, registered_of
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.source.places import Place

CLAIMED_TWICE = Code(
    "FL3202",
    "two pipelines that claim one host or one registered model",
    """
    A host at the gateway leads to one server, and which of two gets a request is decided by the age of their routes.
    A registered model is the history of one pipeline: with a second one's versions in it, neither can tell what its
    newest version is, nor what it goes back to.

    ```yaml
    # specs/churn.yaml:   serving: {host: scores.acme.example, …}
    # specs/credit.yaml:  serving: {host: scores.acme.example, …}           # FL3202
    ```

    Mended: give each its own. Several models behind one host are a graph (`serving.graph`).
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """No other pipeline has the host or the registered model of this one."""
    units = Units.of(plan.peers)
    host, registered = host_of(plan.unit), registered_of(plan.unit)
    if host is not None:
        yield from _second(plan, ("serving", "host"), f"the host `{host}`", units.by_host[host])
    if registered is not None:
        path: Path = ("model", "registry", "name")
        yield from _second(plan, path, f"the registered model `{registered}`", units.by_registered_model[registered])


def _second(plan: Plan, path: Path, what: str, claimants: tuple[str, ...]) -> Iterator[Diagnostic]:
    if claimants[0] == plan.name:
        return
    first = plan.peers[claimants[0]]
    related = (Related(_place(first, path), f"`{first.name}`"),)
    message = f"{what} is that of `{first.name}` already"
    yield Diagnostic(CLAIMED_TWICE, _place(plan.unit, path), message, "give one of them another", related=related)


def _place(unit: Unit, path: Path) -> Place:
    """Where the claim stands; the pipeline's name where it is made by that."""
    return unit.place(*path) if unit.has(path) else unit.place("metadata", "name")
