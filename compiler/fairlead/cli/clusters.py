"""What commands that speak to a cluster share: which cluster is meant, and what it warns of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from fairlead.cluster.kubectl import Kubectl

F = TypeVar("F", bound=Callable[..., Any])


def cluster_options(function: F) -> F:
    """`--context` and `--kubeconfig`."""
    for decorate in (
        click.option("--kubeconfig", type=click.Path(path_type=Path), help="kubectl's configuration."),
        click.option("--context", metavar="NAME", help="kubectl's context; the current one otherwise."),
    ):
        function = decorate(function)
    return function


def kubectl_for(context: str | None, kubeconfig: Path | None) -> Kubectl:
    """kubectl for the cluster that is meant; what the API server warns of goes to standard error."""
    from fairlead.cluster.kubectl import Kubectl

    return Kubectl(context, str(kubeconfig) if kubeconfig is not None else None, warn=_warn)


def seconds(text: str) -> float:
    """What `--timeout` says, in seconds. Raises BadParameter."""
    from fairlead.spec.units.base import UnitError
    from fairlead.spec.units.duration import Duration

    try:
        return float(Duration.from_text(text).seconds)
    except UnitError as error:
        raise click.BadParameter(str(error), param_hint="--timeout") from None


def tell(said: str) -> None:
    """Passes on what goes on in a cluster, on a line of standard error; nobody there moves the cursor here."""
    from fairlead.source.render.sources import printable
    from fairlead.spec.secrets import masked

    click.echo(printable(masked(" ".join(said.split()))), err=True)


def _warn(said: str) -> None:
    tell(f"warning from the cluster: {said}")
