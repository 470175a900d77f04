"""`fairlead targets`: the targets that are installed."""

from __future__ import annotations

import json
from typing import Any

import click

from fairlead.source.words import nearest_word


@click.command(name="targets")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str | None, form: str) -> None:
    """List the installed targets, or the options of the target NAME."""
    from fairlead.target import available, load

    points = available()
    if name is not None and name not in points:
        word = nearest_word(name, list(points))
        raise click.ClickException(f"no target '{name}' is installed" + (f"; did you mean '{word}'?" if word else ""))
    rows: list[dict[str, Any]] = []
    for point in [points[name]] if name else points.values():
        try:
            target = load(point)
        except (ImportError, AttributeError, TypeError) as error:
            rows.append({"name": point.name, "package": _package(point.dist), "summary": f"can't be loaded: {error}"})
            continue
        schema = target.options.model_json_schema()
        options = {key: value.get("description", "") for key, value in schema.get("properties", {}).items()}
        rows.append(
            {"name": target.name, "package": _package(point.dist), "summary": target.summary, "options": options}
        )
    if form == "json":
        click.echo(json.dumps({"version": 1, "targets": rows}, indent=2))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['summary']}  ({row['package']})")
        for key, text in (row.get("options") or {}).items() if name else ():
            click.echo(f"  {key}: {text}")


def _package(dist: object) -> str:
    """The distribution that registered a target, with its version."""
    return f"{getattr(dist, 'name', 'unknown')} {getattr(dist, 'version', '')}".strip()
