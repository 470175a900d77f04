"""`data`: sources with contracts, the user's own steps as a random graph, and a split that the columns allow."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.laws.generate import texts
from tests.laws.generate.dice import Dice, Tree, filled

NUMERIC = ("integer", "float")


@dataclass
class Table:
    """A dataset that the model can learn from, and what its columns can be used for."""

    columns: Tree = field(default_factory=dict)
    label: str | None = None
    id: str | None = None
    time: str | None = None
    slices: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    rows: bool = False
    """Whether it is promised that there are enough rows for every slice."""


@dataclass
class Data:
    """The section, and what the rest of the specification may say because of it."""

    section: Tree
    table: Table
    names: list[str]
    unread: list[str]
    """Datasets that training has to read, because nobody else does."""
    restricted: bool
    steps: list[str]
    pinned: bool
    """Whether every source is pinned."""


def step(dice: Dice, builds: bool = False) -> Tree:
    """What any step of the user's own can say. `builds` keeps to images that the workflow may push."""
    return filled(
        {
            "command": dice.draw(st.lists(texts.hostile(1), min_size=1, max_size=3)),
            "image": None if builds else dice.maybe(20, texts.images()),
            "parameters": _parameters(dice),
            "env": dice.mapping(texts.variables(), texts.hostile()),
            "timeout": dice.pick(["20m", "1h", "90s", "2h"]),
            "retries": dice.maybe(30, st.integers(0, 3)),
            "cache": dice.maybe(30, st.booleans()),
            "service_account": dice.maybe(15, texts.names()),
        }
    ) | secrets(dice)


def secrets(dice: Dice) -> Tree:
    """Variables from Secrets, none of which `env` sets."""
    return {"secrets": {"S3CRET": dice.draw(texts.secrets())}} if dice.chance(20) else {}


def _parameters(dice: Dice) -> Tree:
    drawn = dice.mapping(texts.identifiers(), texts.parameters(), most=3)
    # Two names that differ in case alone would be one variable.
    return dict({name.upper(): (name, value) for name, value in drawn.items()}.values())


def data(dice: Dice, label: str | None, *, builds: bool, tuned: bool, retrains: bool) -> Data:
    """The section, for a model whose label has this type (`binary`, `classes`, `number`), or that has none."""
    table = _table(dice, label)
    names = dice.some(texts.DATASET_NAMES, least=7, most=9)
    sources, rest = {}, names[1:]
    main = names[0]
    later = _later(dice, table)
    sources[main] = _source(dice, table, retrains, without=later)
    for name in rest[: dice.pick([0, 0, 1, 2])]:
        sources[name] = _source(dice, Table(_features(dice, 2)), retrains)
    if retrains and all(source.get("snapshot") == "pinned" for source in sources.values()):
        sources[main]["snapshot"] = "each-run"
    read: set[str] = set()
    free = [name for name in rest if name not in sources]
    prepare, split_of = _steps(dice, list(sources), main, free, read, builds=builds, later=later, table=table)
    known = [*sources, *(output for own in prepare.values() for output in own["outputs"])]
    if split_of != main or dice.chance(50) or len(known) > 1:
        explicit = True
    else:
        explicit = False
    section: Tree = {"sources": sources, "prepare": prepare}
    unread = [name for name in known if name not in read and name != split_of]
    if label is not None or tuned or explicit:
        section["split"] = _split(dice, table, split_of if explicit else None, tuned)
    restricted = any(source.get("sensitivity") in ("pii", "phi") for source in sources.values())
    pinned = all(source.get("snapshot") == "pinned" for source in sources.values())
    return Data(filled(section), table, known, unread, restricted, list(prepare), pinned)


def _features(dice: Dice, most: int) -> Tree:
    found = {}
    for name in dice.draw(st.lists(texts.identifiers(), unique_by=str.lower, max_size=most)):
        kind = dice.pick(
            ["float", "integer", "boolean", "category", "string", "text", "timestamp", "date", "image", "vector"]
        )
        column: Tree = {"type": kind}
        if kind in NUMERIC and dice.chance(40):
            column |= {"min": dice.pick([0, -1.5, -40]), "max": dice.pick([1, 1e6, 50.25])}
        if kind == "category":
            column["values"] = dice.draw(st.lists(texts.hostile(), unique=True, min_size=1, max_size=3))
        if kind == "vector":
            column["dimensions"] = dice.number(1, 2048)
        if kind in ("boolean", "category") and dice.chance(50):
            column["roles"] = ["feature", "slice"]
        elif dice.chance(20):
            column["role"] = dice.pick(["feature", "ignore", "weight"])
        if dice.chance(20):
            column["description"] = dice.draw(texts.hostile())
        if dice.chance(20):
            column["nullable"] = False
        found[name] = column
    return found


def _table(dice: Dice, label: str | None) -> Table:
    columns = _features(dice, 4)
    table = Table()
    if dice.chance(70):
        table.id = "key"
        columns["key"] = {"type": dice.pick(["string", "integer"]), "unique": True, "role": "id"}
    if dice.chance(50):
        table.time = "at"
        columns["at"] = {"type": dice.pick(["timestamp", "date"]), "role": "time"}
    if label is not None:
        table.label = "truth"
        columns["truth"] = _label(dice, label)
    if dice.chance(40):
        columns["unused"] = {"type": "float", "role": "ignore"}
    table.columns = columns
    table.slices = [name for name, column in columns.items() if "slice" in column.get("roles", ())]
    asked = ("feature", None)
    table.features = [
        name
        for name, column in columns.items()
        if column.get("role") in asked and column.get("roles", ["feature"])[0] == "feature"
    ]
    return table


def _label(dice: Dice, kind: str) -> Tree:
    if kind == "number":
        return {"type": dice.pick(["float", "integer"]), "role": "label"}
    if kind == "classes" and dice.chance(30):
        return {"type": dice.pick(["integer", "string"]), "role": "label"}
    values = dice.draw(st.lists(texts.hostile(), unique=True, min_size=2, max_size=2 if kind == "binary" else 4))
    column: Tree = {"type": "category", "values": values, "role": "label"}
    return column | ({"positive": dice.pick(values)} if kind == "binary" else {})


def _later(dice: Dice, table: Table) -> Tree:
    """Columns that no source has: a step adds them, the label among them."""
    if not dice.chance(40):
        return {}
    return {name: column for name, column in table.columns.items() if name == table.label or dice.chance(30)}


def _source(dice: Dice, table: Table, retrains: bool, without: Tree | None = None) -> Tree:
    form = dice.pick(["csv", "parquet", "jsonl", None])
    files = table.label is None and dice.chance(15)
    columns = {name: column for name, column in table.columns.items() if name not in (without or {})}
    expect = _expectations(dice, columns)
    table.rows = "rows >= 100000" in expect
    return filled(
        {
            "uri": dice.draw(texts.uris("s3", "gs", "https", "file", ending="" if form or files else ".parquet")),
            "local": dice.maybe(20, texts.hostile(1)),
            "format": "files" if files else form,
            "snapshot": dice.pick([None, "each-run", *(["pinned"] if not retrains or dice.chance(20) else [])]),
            "sensitivity": dice.pick([None, "public", "internal", "pii", "phi"]),
            "columns": columns,
            "expect": expect,
        }
    )


def _expectations(dice: Dice, columns: Tree) -> list[str]:
    expect = ["rows >= 100000"] if dice.chance(60) else []
    for name, column in columns.items():
        if not dice.chance(25):
            continue
        if column["type"] in NUMERIC:
            expect.append(dice.pick([f"min({name}) >= -1000", f"mean({name}) < 3.5", f"max({name})<=1000000"]))
        elif column["type"] in ("timestamp", "date"):
            expect.append(f"age({name}) <= 7d")
        else:
            expect.append(dice.pick([f"missing({name}) <= 1%", f"distinct({name}) != 1", f"unique({name}) >= 0.5"]))
    return expect


def _steps(
    dice: Dice,
    sources: list[str],
    main: str,
    free: list[str],
    read: set[str],
    *,
    builds: bool,
    later: Tree,
    table: Table,
) -> tuple[Tree, str]:
    """Steps that read any datasets above them, and the dataset at the end of the line from the main source.

    The first on the line adds what is to be added `later`.
    """
    steps: Tree = {}
    known, line = list(sources), main
    for name in dice.some(texts.STEP_NAMES, least=1 if later else 0, most=dice.pick([0, 1, 2, 3])):
        if not free:
            break
        inputs = dice.some(known, least=1, most=3)
        outputs: Tree = {}
        on_line = bool(later) or dice.chance(60)
        if on_line:
            inputs = list(dict.fromkeys([line, *inputs]))
            outputs[free[0]] = _on_line(dice, line, later, table)
            later, line = {}, free.pop(0)
        if free and (not on_line or dice.chance(30)):
            columns = _features(dice, 3)
            section = {"columns": columns, "expect": _expectations(dice, columns)}
            outputs[free.pop(0)] = filled(section | {"format": dice.pick([None, "csv", "files"])})
        read |= set(inputs)
        # Keys in any order: the edges alone decide what runs first.
        steps = {name: step(dice, builds) | {"inputs": reading(dice, inputs), "outputs": outputs}, **steps}
        known += list(outputs)
    return steps, line


def _on_line(dice: Dice, before: str, later: Tree, table: Table) -> Tree:
    """What a step on the line writes: the columns of the dataset before, by reference or in full, and some more."""
    form = dice.pick([None, "csv", "jsonl"])
    if dice.chance(40):
        return filled({"columns": table.columns, "format": form})
    added = later | ({"derived": {"type": "float"}} if dice.chance(30) else {})
    droppable = [name for name in table.columns if name.startswith("unused") and name not in later]
    dropped = droppable if dice.chance(50) else []
    for name in dropped:
        del table.columns[name]
    return filled({"like": before, "add": added, "drop": dropped, "format": form})


def reading(dice: Dice, names: list[str]) -> object:
    """Inputs, as a list or with the way in which each is read."""
    if dice.chance(30):
        return {name: dice.pick(["copy", "reference"]) for name in names}
    return names


def _split(dice: Dice, table: Table, of: str | None, tuned: bool) -> Tree:
    methods = ["random", *(["hash"] if table.id else []), *(["time"] if table.time else [])]
    method = dice.pick([None, *methods])
    by = {"hash": table.id, "time": table.time}.get(method or "")
    return filled(
        {
            "of": of,
            "method": method,
            "by": by if dice.chance(50) else None,
            "test": dice.pick([None, 0.2, 0.05, 0.33]),
            "validation": dice.pick([0.1, 0.25]) if tuned or dice.chance(30) else None,
            "seed": dice.maybe(20, st.integers(-5, 2**31)),
        }
    ) or {"test": 0.2}
