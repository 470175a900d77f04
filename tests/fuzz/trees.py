"""Mutation of what a document means: its tree, with keys and values of the language and next to it."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from tests.fuzz import vocabulary
from tests.fuzz.vocabulary import HOSTILE, NUMBERS, Path


class Raw(str):
    """Text that is written as it stands, without quotes: an anchor, a tag, a number in a strange notation."""

    __slots__ = ()


RAW: Final = (
    ".inf", "-.inf", ".nan", "0x1F", "0o17", "012", "1_000", "1e3", "1.0e+400", "12:30:45", "~", "Null", "NO", "yes",
    "on",
    "9" * 19, "9" * 40, "9" * 5000, "0x" + "f" * 300, "1." + "0" * 400, "*here", "*nowhere", "&here x", "&here [*here]",
    "&here {a: *here}", "!!str 1", "!!int x", "!!binary aGk=", "!!python/object:os.system x", "!<tag:x> 1", "!t {a: 1}",
    "? a", "[? a : b]", "{a, b}", "[a: b]", "{? [a]: b}", "{a: 1, a: 2}", "{<<: {a: 1}}", "{<<: *here}", "|-\n  x",
    "''", '"\\x41"',
    '"\\u0000"', '"\\ud800"', '"a\\\n  b"', "2001-12-14t21:59:43.10-05:00", "=", "a\n\n  b", "'it''s'",
)  # fmt: skip
BIG: Final = 400
"""How many items an enormous list gets; a few mutations later there are several such lists."""


def paths(tree: Any, at: Path = ()) -> list[Path]:
    """The path of every node, the root's first."""
    found = [at]
    if isinstance(tree, dict):
        for key, value in tree.items():
            found += paths(value, (*at, key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            found += paths(value, (*at, number))
    return found


def clone(tree: Any) -> Any:
    """A copy of a tree of built-in types: quicker than `copy.deepcopy`, which has to expect anything."""
    if isinstance(tree, dict):
        return {key: clone(value) for key, value in tree.items()}
    return [clone(value) for value in tree] if isinstance(tree, list) else tree


def get(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def mutate_tree(tree: Any, rng: Random, others: list[Any]) -> Any:
    """The tree, changed in one place; `others` are trees that parts may come from."""
    everything = paths(tree)
    if len(everything) == 1:
        return clone(rng.choice(others)) if others else value_for("", (), rng)
    kind = str(tree.get("kind", "")) if isinstance(tree, dict) else ""
    path = rng.choice(everything[1:])
    parent, step = get(tree, path[:-1]), path[-1]
    change = rng.choices(CHANGES, WEIGHTS)[0]
    result = change(tree, kind, path, parent, step, rng, others)
    return tree if result is None else result


def value_for(kind: str, path: Path, rng: Random) -> Any:
    """A value for a place: one at the edges of its type, or one of another type."""
    own = vocabulary.values_at(kind, path)
    roll = rng.random()
    if own and roll < 0.6:
        return rng.choice(own)
    if roll < 0.68:
        return section_for(kind, path, rng)
    if roll < 0.76:
        return Raw(rng.choice(RAW))
    return rng.choice(
        (
            None,
            rng.choice((True, False)),
            rng.choice(NUMBERS),
            rng.choice(HOSTILE),
            rng.choice(rng.choice(list(vocabulary.EDGES.values()))),
            [],
            {},
            [rng.choice(HOSTILE)],
            {rng.choice(HOSTILE): rng.choice(NUMBERS)},
            nested(rng),
        )
    )


def nested(rng: Random) -> Any:
    """A value that is nested deeply."""
    value: Any = rng.choice(HOSTILE[:6])
    for _ in range(rng.choice((3, 30, 62, 63, 64, 65, 200))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def section_for(kind: str, path: Path, rng: Random) -> Any:
    """A section as its model has it, with some of its keys."""
    sections = vocabulary.example_at(kind, path)
    if not sections:
        return {}
    fields = list(rng.choice(sections).model_fields.items())
    chosen = [each for each in fields if each[1].is_required() or rng.random() < 0.3]
    names = [field.alias or name for name, field in chosen]
    return {name: value_for(kind, (*path, name), rng) for name in names} if len(path) < 12 else {}


def near(word: str, rng: Random) -> str:
    """A word with a typing mistake."""
    at = rng.randrange(len(word) + 1)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + rng.choice("abcxyz_-.") + word[at:],
            word[: max(at - 1, 0)] + word[at : at + 1] + word[at - 1 : at] + word[at + 1 :],
            word.upper(),
            word.replace("_", "-"),
            word + "s",
            word + "\u0301",
        )
    )


def _replace(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    parent[step] = value_for(kind, path, rng)


def _null(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    parent[step] = rng.choice((None, {}, [], ""))


def _delete(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    del parent[step]


def _rename(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    if not isinstance(parent, dict):
        return _duplicate(tree, kind, path, parent, step, rng, others)
    known = vocabulary.keys_at(kind, path[:-1])
    words = rng.choice((known or HOSTILE, vocabulary.all_keys(), HOSTILE, [near(str(step), rng)]))
    _rebuild(parent, {step: rng.choice(list(words))})
    return None


def _rebuild(mapping: dict[Any, Any], names: dict[Any, Any]) -> None:
    items = [(names.get(key, key), value) for key, value in mapping.items()]
    mapping.clear()
    mapping.update(items)


def _add(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    holder, at = (parent[step], path) if isinstance(parent[step], dict | list) else (parent, path[:-1])
    if isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), value_for(kind, (*at, 0), rng))
        return
    missing = [key for key in vocabulary.keys_at(kind, at) if key not in holder]
    names = missing if missing and rng.random() < 0.8 else (*vocabulary.all_keys(), *HOSTILE)
    key = rng.choice(list(names))
    if vocabulary.example_at(kind, (*at, key)) and rng.random() < 0.7:
        holder[key] = section_for(kind, (*at, key), rng)
    else:
        holder[key] = value_for(kind, (*at, key), rng)


def _duplicate(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    times = rng.choice((1, 1, 2, 3, 10, 40, BIG if rng.random() < 0.1 else 4))
    if isinstance(parent, list):
        parent[step:step] = [clone(parent[step]) for _ in range(times)]
    else:
        for number in range(times):
            parent[f"{step}{number}"] = clone(parent[step])


def _swap(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    other = rng.choice(paths(tree)[1:])
    if other[: len(path)] == path or path[: len(other)] == other:
        return
    there = get(tree, other[:-1])
    parent[step], there[other[-1]] = there[other[-1]], parent[step]


def _copy(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    parent[step] = clone(get(tree, rng.choice(paths(tree))))


def _graft(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    if not others:
        return
    other = rng.choice(others)
    # The same place in another document fits best; any place of it is stranger.
    if rng.random() < 0.5 and isinstance(tree, dict) and isinstance(other, dict) and other:
        key = rng.choice(list(other))
        tree[key] = clone(other[key])
    else:
        parent[step] = clone(get(other, rng.choice(paths(other))))


def _overlay(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    """An environment in which what stands here is another."""
    if not isinstance(tree, dict) or not path or path[0] in ("environments", "kind", "apiVersion"):
        return
    value: Any = value_for(kind, path, rng)
    for key in reversed(path):
        value = {key: value} if isinstance(key, str) else [value]
    environments = tree.setdefault("environments", {})
    if isinstance(environments, dict):
        environments[rng.choice(("staging", "production", "staging", "elsewhere"))] = value


def _reference(tree: Any, kind: str, path: Path, parent: Any, step: Any, rng: Random, others: list[Any]) -> None:
    """A name of something else in the document, in place of a value."""
    names = [at[-1] for at in paths(tree)[1:] if isinstance(at[-1], str)]
    words = [value for at in paths(tree) if isinstance(value := get(tree, at), str)]
    parent[step] = rng.choice([*names, *words, "a"])


CHANGES: Final = (_replace, _null, _delete, _rename, _add, _duplicate, _swap, _copy, _graft, _overlay, _reference)
WEIGHTS: Final = (10, 2, 4, 3, 8, 2, 2, 2, 4, 3, 3)
