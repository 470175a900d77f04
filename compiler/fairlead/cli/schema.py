"""`fairlead schema`: the JSON Schemas of the language, and its reference as Markdown."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic import BaseModel

DOCUMENTS = {
    "preview": "fairlead.preview.document",
    "plan": "fairlead.apply.plan",
    "history": "fairlead.history.document",
}
"""What commands write, each with the module that has its schema."""
FILES = ("pipeline", "project", "lock", *DOCUMENTS)


def model_of(name: str) -> type[BaseModel]:
    """The model behind a kind of file."""
    if name == "project":
        from fairlead.project.model import Project

        return Project
    if name == "lock":
        from fairlead.project.lock import Lock

        return Lock
    from fairlead.spec.pipeline import Pipeline

    return Pipeline


@click.command(name="schema")
@click.argument("name", type=click.Choice(FILES), default="pipeline")
@click.option("--format", "form", type=click.Choice(["json", "markdown"]), default="json", show_default=True)
def command(name: str, form: str) -> None:
    """Print the JSON Schema of a specification, of fairlead.yaml (project) or of a lock; or its reference page.

    Or that of what `fairlead preview` and `history` give with `--format json`, or of the plan of `fairlead apply
    --out`, which have no pages: their descriptions are in the schemas.
    """
    if name in DOCUMENTS:
        if form == "markdown":
            raise click.UsageError(f"the schema of a {name} is only to be had as JSON")
        schema = import_module(DOCUMENTS[name]).schema()
        click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
        return
    if form == "markdown":
        from fairlead.spec.reference import reference

        click.echo(reference(model_of(name), name), nl=False)
        return
    from fairlead.spec.schema import json_schema

    click.echo(json.dumps(json_schema(model_of(name), name), indent=2, ensure_ascii=False))
