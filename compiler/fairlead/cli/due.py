"""`fairlead promote --due`: what could move on now, what waits, and what only a person moves."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from fairlead.cli.locks import meant


def tell_due(root: Path, spec: Path | None, environment: str | None, form: str) -> None:
    """Says the next step of every pipeline that is meant, in every environment that is. Exit 1 for their errors."""
    from datetime import UTC, datetime

    from fairlead.locking.due import due
    from fairlead.source.render.sources import printable
    from fairlead.workspace.load import load

    workspace = load(root)
    units = meant(workspace, [spec] if spec is not None else [], [environment] if environment is not None else [])
    steps = due(workspace, units, datetime.now(UTC))
    if form == "json":
        click.echo(json.dumps({"version": 1, "steps": [asdict(step) for step in steps]}, indent=2, ensure_ascii=False))
        return
    for step in steps:
        said = printable(step.title or step.message)
        click.echo(f"{step.state:6}{step.pipeline} in {step.environment}: {said}")
        if step.title:
            click.echo(f"      {printable(step.message)}")
    if not steps:
        click.echo("nothing moves on: every environment serves what the one before it does")
