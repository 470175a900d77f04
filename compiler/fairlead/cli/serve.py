"""`fairlead serve`: a locked version on this machine, as a cluster would serve it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairlead.cli.common import exit_if_errors, open_project, project_option, say
from fairlead.cli.completion import environments, specifications
from fairlead.cli.locks import one, reach_store, refusing, training
from fairlead.source.places import Place

if TYPE_CHECKING:
    from fairlead.plan.nodes import Serve
    from fairlead.plan.plan import Plan
    from fairlead.project.lock import LockedModel
    from fairlead.project.unit import Unit
    from fairlead.serving.models import Served
    from fairlead.serving.networks import Network
    from fairlead.serving.payloads import Keeper
    from fairlead.workspace.load import Workspace


@click.command(name="serve")
@click.argument("spec", metavar="SPEC", shell_complete=specifications, type=click.Path(path_type=Path))
@project_option
@click.option(
    "--in",
    "environment",
    shell_complete=environments,
    help="The version of this environment's lock; of this machine's otherwise.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port; 0 is any.")
@click.option(
    "--drift-every", default="1m", show_default=True, help="How often drift is measured, where it is watched."
)
def command(spec: Path, project: Path | None, environment: str | None, host: str, port: int, drift_every: str) -> None:
    """Serve the version of SPEC that is locked, in its protocol, with the metrics that it has in a cluster.

    Only bytes with the locked digest are loaded. Payloads are kept as the specification says, in a folder below
    .fairlead, and drift is measured on them; both show at /metrics. Ctrl-C stops, after the requests in flight.
    """
    from fairlead.workspace.load import load

    every = _seconds(drift_every)
    root = open_project(project)
    workspace = load(root)
    unit = training(workspace, spec) if environment is None else one(workspace, spec, environment)
    reach_store(workspace.project)
    with refusing(root, workspace), ExitStack() as stack:
        plan, node, version, file = _what(workspace, unit, environment)
        _packages(version)
        model = _model(root, unit, node, version, file)
        keeper = _keeper(root, unit, node, version)
        if keeper is not None:
            _watch(stack, plan, version, keeper, every)
        from fairlead.serving.server import free_port, serve

        port = free_port(host, port, Place.start_of(unit.file))
        serve(model, host, port, keeper, lambda: _ready(unit, model.name, node, version, host, port, keeper))
    click.echo("stopped", err=True)


def _seconds(text: str) -> float:
    from fairlead.spec.units import Duration
    from fairlead.spec.units.base import UnitError

    try:
        return float(Duration.parse(text).seconds)
    except UnitError as error:
        raise click.BadParameter(error.message, param_hint="--drift-every") from error


def _what(workspace: Workspace, unit: Unit, environment: str | None) -> tuple[Plan, Serve, LockedModel, str]:
    """The plan, its server, the version that is locked, and the lock. Raises Refused where there is none."""
    from dataclasses import replace

    from fairlead.locking.codes import refuse
    from fairlead.plan.builder import build
    from fairlead.plan.nodes import Serve
    from fairlead.serving.codes import NOT_HERE, NOTHING_TO_SERVE
    from fairlead.workspace.discover import lock_file
    from fairlead.workspace.local_lock import load_local_lock, local_lock_file

    file = lock_file(unit.file, unit.environment)
    if environment is None:
        lock, _ = load_local_lock(workspace, unit.name)
        file, unit = local_lock_file(unit.name), replace(unit, lock=lock)
    plan, found = build(unit, workspace.units[unit.environment])
    say(found if plan is None else [], workspace, "text", err=True)
    exit_if_errors(found if plan is None else [])
    assert plan is not None
    node = plan.only(Serve)
    if node is None:
        refuse(NOTHING_TO_SERVE, unit.place("metadata", "name"), f"{unit.name} has no server", "add `serving: {}`")
    if node.version is None and node.source is not None:
        what = f"{unit.name} serves {node.source} by {node.runtime.name}"
        refuse(NOT_HERE, node.place, f"{what}, which this machine doesn't run", "run the image of the runtime instead")
    if node.version is None:
        local = f"`fairlead run {unit.file}`, then `fairlead lock --local {unit.file}`"
        help_ = local if environment is None else f"`fairlead promote {unit.name} --to {environment}`"
        refuse(NOTHING_TO_SERVE, Place.start_of(file), f"{file} holds no version of {unit.name}", help_)
    return plan, node, node.version, file


def _model(root: Path, unit: Unit, node: Serve, version: LockedModel, file: str) -> Served | Network:
    """The model, loaded as the runtime would load it. Raises Refused."""
    from fairlead.locking.codes import refuse
    from fairlead.serving.codes import NOT_HERE, UNLOADABLE
    from fairlead.serving.fetching import fetched

    models: Any = _modules()
    if node.runtime.name not in models.RUNTIMES:
        here = ", ".join(models.RUNTIMES)
        message = f"the runtime `{node.runtime.name}` doesn't run on this machine; {here} do"
        refuse(NOT_HERE, node.place, message, "run its image, or serve where the hardware is")
    folder = fetched(root, version, file)
    try:
        served: Served | Network = models.loaded(
            unit.name,
            node.runtime,
            folder,
            probability=node.output == "probability",
            signature=version.signature,
        )
    except models.Unloadable as error:
        message = f"version {version.version} of {unit.name} can't be loaded: {error}"
        refuse(
            UNLOADABLE, node.place, message, error.help or f"`{node.runtime.name}` expects {node.runtime.files.expects}"
        )
    return served


def _modules() -> Any:
    """The module of models, whose libraries are an extra. Raises RemoteFailure where they are not installed."""
    from fairlead.remote.failures import RemoteFailure
    from fairlead.serving.server import plain_arguments

    try:
        with plain_arguments():
            from fairlead.serving import models
    except ImportError as error:
        message = f"nothing can be served, because the package {error.name} is not installed"
        raise RemoteFailure(message, "install fairlead[serve]") from error
    return models


def _packages(version: LockedModel) -> None:
    """Says which packages are here in other versions than the model was trained with."""
    from importlib.metadata import PackageNotFoundError, version as installed

    for name, trained in version.packages.items():
        try:
            here = installed(name)
        except PackageNotFoundError:
            continue
        if here != trained:
            click.echo(f"note: the model was trained with {name} {trained}, and {here} is here", err=True)


def _keeper(root: Path, unit: Unit, node: Serve, version: LockedModel) -> Keeper | None:
    """What keeps payloads, where the specification wants that; what is past its time is deleted first."""
    from fairlead.catalogue.measurements import REVISION_POD_LABEL
    from fairlead.output.lock import WORK
    from fairlead.serving.payloads import Keeper

    if node.payloads.log == "none":
        return None
    folder = root / WORK / "payloads" / unit.name
    keeper = Keeper(folder, unit.name, node.payloads.log, {REVISION_POD_LABEL: str(version.version)})
    keeper.folder.mkdir(parents=True, exist_ok=True)
    if node.payloads.retain is not None:
        keeper.forget(timedelta(seconds=float(node.payloads.retain.seconds)), datetime.now(UTC))
    return keeper


def _watch(stack: ExitStack, plan: Plan, version: LockedModel, keeper: Keeper, every: float) -> None:
    """Starts to measure drift, where the specification watches it."""
    from fairlead.plan.nodes import Drift
    from fairlead.remote.storage import uri_of
    from fairlead.serving.watching import Watch

    drift = plan.only(Drift)
    if drift is None:
        return
    watch = Watch(plan, drift, version, f"{uri_of(keeper.root).rstrip('/')}/")
    stack.callback(watch.stop)
    watch.start(every)


def _ready(
    unit: Unit, name: str, node: Serve, version: LockedModel, host: str, port: int, keeper: Keeper | None
) -> None:
    """Tells where the model answers; its name is its own, where it is one of a repository's."""
    at = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    path = f"/v1/models/{name}:predict" if node.protocol == "v1" else f"/v2/models/{name}/infer"
    click.echo(f"version {version.version} of {unit.name} is served at {at}{path}")
    click.echo(f"metrics are at {at}/metrics")
    if keeper is not None:
        click.echo(f"payloads are kept in {os.path.relpath(keeper.folder)}")
