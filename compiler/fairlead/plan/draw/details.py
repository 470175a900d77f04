"""What a picture says of a node besides its title: the few facts that a reader looks for."""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch

from fairlead.plan.nodes import (
    Check,
    Combine,
    Decide,
    Divide,
    Drift,
    Evaluate,
    Node,
    Prepare,
    Propose,
    Quality,
    Retrain,
    Score,
    Serve,
    Slo,
    Snapshot,
    Train,
    Tune,
)


def counted(count: int, thing: str) -> str:
    """`1 column`, `2 columns`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def percent(share: Decimal) -> str:
    """A share between 0 and 1 in percent."""
    return f"{(share * 100).normalize():f}%"


@singledispatch
def details(node: Node) -> tuple[str, ...]:
    """A few lines about a node; none where the title says it all."""
    del node
    return ()


@details.register
def _(node: Snapshot) -> tuple[str, ...]:
    pinned = f"pinned to {node.digest[:19]}" if node.digest else "pinned by the lock"
    return str(node.uri), pinned if node.pinned else "taken anew in each run"


@details.register
def _(node: Check) -> tuple[str, ...]:
    return f"{counted(len(node.columns), 'column')}, {counted(len(node.expectations), 'expectation')}", *(
        str(expectation) for expectation in node.expectations
    )


@details.register
def _(node: Prepare) -> tuple[str, ...]:
    return (_command(node),)


@details.register
def _(node: Divide) -> tuple[str, ...]:
    parts = [("train", 1 - node.test - node.validation), ("validation", node.validation), ("test", node.test)]
    shares = ", ".join(f"{name} {percent(share)}" for name, share in parts if share)
    return (shares, f"by {node.by}") if node.by else (shares,)


@details.register
def _(node: Tune) -> tuple[str, ...]:
    return f"{counted(len(node.trials), 'trial')}, {node.parallel} at a time", str(node.objective)


@details.register
def _(node: Train) -> tuple[str, ...]:
    nodes = f"on {node.distributed.nodes} nodes" if node.distributed else ""
    checkpoint = f"checkpoint every {node.checkpoint}" if node.checkpoint else ""
    how = ", ".join(part for part in (nodes, checkpoint) if part)
    return tuple(line for line in (_command(node), how) if line)


@details.register
def _(node: Evaluate) -> tuple[str, ...]:
    return (", ".join(node.metrics),) if node.metrics else ()


@details.register
def _(node: Decide) -> tuple[str, ...]:
    return tuple(str(gate) for gate in node.gates)


@details.register
def _(node: Propose) -> tuple[str, ...]:
    approval = (f"released by {', '.join(node.approval)}",) if node.approval else ()
    return "the end of what a cluster does", *approval


@details.register
def _(node: Serve) -> tuple[str, ...]:
    what = f"version {node.version.version}" if node.version else node.source or "no version yet"
    most = node.replicas.most
    replicas = str(most) if node.replicas.min == most else f"{node.replicas.min} to {most}"
    canary = (f"canary {node.canary.canary.version} at {node.canary.weight}",) if node.canary else ()
    return what, f"{replicas} {'replica' if replicas == '1' else 'replicas'}, {node.mode} mode", *canary


@details.register
def _(node: Score) -> tuple[str, ...]:
    return f"{node.schedule} {node.timezone}", f"{node.input}", f"to {node.output}"


@details.register
def _(node: Combine) -> tuple[str, ...]:
    return (f"answers within {node.timeout}",)


@details.register
def _(node: Slo) -> tuple[str, ...]:
    bound = (f"below {node.below}, at the {node.at}",) if node.below else ()
    return *bound, f"over {node.window}"


@details.register
def _(node: Drift) -> tuple[str, ...]:
    return (f"over the last {node.window}",)


@details.register
def _(node: Quality) -> tuple[str, ...]:
    delay = (f"labels after {node.delay}",) if node.delay else ()
    return *(str(clause) for clause in node.expectations), *delay


@details.register
def _(node: Retrain) -> tuple[str, ...]:
    schedule = (f"{node.schedule} {node.timezone}",) if node.schedule else ()
    on = (f"on {', '.join(node.on)}",) if node.on else ()
    return *schedule, *on, f"at most every {node.cooldown}"


def _command(node: Node) -> str:
    return " ".join(node.run.command) if node.run else ""
