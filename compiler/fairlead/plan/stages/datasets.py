"""The datasets of a plan and their columns: those of sources as declared, those of steps as said or derived."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.plan.formats import format_of
from fairlead.plan.plan import Dataset
from fairlead.plan.scope import Scope
from fairlead.source.diagnostics import Code
from fairlead.source.nodes import Path
from fairlead.spec.data import SENSITIVITIES, AddedColumns, Column, Data

CYCLE = Code(
    "FL3003",
    "steps that wait for each other",
    """
    The inputs and outputs of the steps form a circle, so none of them could ever start. The message prints the path.

    ```yaml
    prepare:
      clean:  {command: [clean],  inputs: [joined], outputs: {cleaned: {}}}
      join:   {command: [join],   inputs: [cleaned], outputs: {joined: {}}}
    # FL3003: clean -> cleaned -> join -> joined -> clean
    ```

    Take one of the inputs away: most often a step reads its own result by a slip of the name.
    """,
)
TAKEN_NAME = Code(
    "FL3005",
    "a dataset name that is taken",
    """
    Two datasets have one name, or a dataset is called `train`, `validation`, `test`, `model`, `champion` or
    `manifest`, which are names that Fairlead's own steps give. Steps find their inputs by name, so every name
    means one thing.
    """,
)
RESERVED = ("train", "validation", "test", "model", "champion", "manifest")


def declare(scope: Scope, data: Data) -> None:
    """The columns of every dataset. A prepared one may build on any other, so they are resolved on demand."""
    prepared: dict[str, tuple[str, AddedColumns]] = {}
    path: Path
    for name, source in data.sources.items():
        path = ("data", "sources", str(name))
        if str(name) in RESERVED:
            scope.report(
                TAKEN_NAME, path, f"a source can't be called `{name}`", f"these names are taken: {', '.join(RESERVED)}"
            )
        form = source.format or format_of(str(source.uri))
        columns = {str(key): column for key, column in source.columns.items()}
        scope.datasets[str(name)] = Dataset(str(name), columns, form, source.sensitivity, path)
    for step, section in data.prepare.items():
        for name, added in section.outputs.items():
            path = ("data", "prepare", str(step), "outputs", str(name))
            if str(name) in RESERVED or str(name) in scope.datasets or str(name) in prepared:
                message = f"the output `{name}` of the step `{step}` has a name that is taken"
                scope.report(TAKEN_NAME, path, message, "give it another name")
                continue
            prepared[str(name)] = (str(step), added)
    for output in prepared:
        _resolve(scope, prepared, output, ())


def _resolve(scope: Scope, prepared: Mapping[str, tuple[str, AddedColumns]], name: str, above: tuple[str, ...]) -> None:
    if name in scope.datasets:
        return
    step, added = prepared[name]
    path = ("data", "prepare", step, "outputs", name)
    columns: dict[str, Column] = {}
    like = str(added.like) if added.like else None
    if like in (*above, name):
        circle = " -> ".join((*above, name, like or ""))
        scope.report(
            CYCLE,
            (*path, "like"),
            f"these datasets take their columns from each other: {circle}",
            "declare one in full",
        )
    elif like and like in prepared:
        _resolve(scope, prepared, like, (*above, name))
    elif like and like not in scope.datasets:
        scope.unknown("dataset", like, (*path, "like"), [*scope.datasets, *prepared])
    base = scope.datasets.get(like) if like else None
    if base:
        columns.update(base.columns)
    for position, dropped in enumerate(added.drop):
        if base and str(dropped) not in columns:
            scope.unknown("column", str(dropped), (*path, "drop", position), columns)
        columns.pop(str(dropped), None)
    columns.update({str(key): column for key, column in (*added.columns.items(), *added.add.items())})
    scope.datasets[name] = Dataset(name, columns, added.format, _sensitivity(scope), path)


def _sensitivity(scope: Scope) -> str:
    """A prepared dataset is handled as the most sensitive source that there is: who wrote it may have read all."""
    data = scope.unit.pipeline.data
    if not data:
        return "internal"
    return max((source.sensitivity for source in data.sources.values()), key=SENSITIVITIES.index)
