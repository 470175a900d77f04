"""From one input to the next, deterministically: by the tree where there is one, and by the text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from fairlead.source.nodes import plain
from fairlead.source.reader import read
from tests.fuzz.bundle import Bundle
from tests.fuzz.texts import TOKENS, mutate_text
from tests.fuzz.trees import clone, mutate_tree
from tests.fuzz.vocabulary import EDGES, HOSTILE
from tests.fuzz.writing import write

LARGEST: Final = 256 * 1024
"""Bytes of the largest input that mutation makes: enough for what grows with the square of its length to show."""

_ODD_JSON: Final = ("NaN", "-Infinity", "1e999", "9" * 5000, '"\\ud800"', '"\\u0000"', "[" * 99_999, '"\\u001b[2J"')
_ODD_NAMES: Final = (
    "a b.yaml", "é.yaml", "-x.yaml", "\x1b[31m.yaml", "a\tb.yaml", "😀.lock.yaml", "%s.yaml", "a.b.c.yaml", "#.yml",
    "churn.staging.lock.yaml", "x" * 240 + ".yaml", "::error::.yaml", ".hidden.yaml", "\udcff.yaml", "$(id).yaml",
)  # fmt: skip


class Mutator:
    """Mutates YAML documents. Parts come from `seeds` too."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        self._trees = {seed: tree for seed in seeds if (tree := tree_of(seed)) is not None}
        self._others = list(self._trees.values())

    def __call__(self, data: bytes, rng: Random, limit: int = LARGEST) -> bytes:
        """Another document, the same for the same state of `rng`."""
        tree = None
        if rng.random() < 0.6:
            tree = clone(self._trees[data]) if data in self._trees else tree_of(data)
        if tree is not None:
            for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
                tree = mutate_tree(tree, rng, self._others)
            data = self._written(tree, rng)
        if tree is None or rng.random() < 0.2:
            for _ in range(rng.choice((1, 1, 2, 4, 8))):
                data = mutate_text(data, rng)[:limit]
        return data[:limit]

    def _written(self, tree: Any, rng: Random) -> bytes:
        try:
            return write(tree, rng).encode("utf-8", "surrogatepass")
        except RecursionError:
            return b"[" * 500


class JsonMutator(Mutator):
    """The same for JSON, which programs write and which Fairlead reads back."""

    def _written(self, tree: Any, rng: Random) -> bytes:
        text = json.dumps(tree, indent=rng.choice((None, 2)), ensure_ascii=rng.random() < 0.5)
        for _ in range(rng.choice((0, 0, 0, 1))):
            odd = rng.choice(_ODD_JSON)
            values = [at for at, letter in enumerate(text) if letter == ":"]
            if values:
                at = rng.choice(values) + 1
                text = text[:at] + odd + ("," + text[at:] if rng.random() < 0.5 else text[at:].lstrip(' 0123456789"'))
        return text.encode("utf-8", "surrogatepass")


class WordMutator:
    """Mutates one value of the language, such as a duration or a gate."""

    def __init__(self) -> None:
        words = [word for values in EDGES.values() for word in values if isinstance(word, str)]
        self._words = [word.encode() for word in words]
        self._all = [*self._words, *(word.encode("utf-8", "surrogatepass") for word in HOSTILE)]

    def __call__(self, data: bytes, rng: Random, limit: int = LARGEST) -> bytes:
        if rng.random() < 0.3:
            data = rng.choice(self._all)
        for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
            if rng.random() < 0.5:
                at = rng.randrange(len(data) + 1)
                word = rng.choice(self._words)
                data = (
                    data[:at] + rng.choice((word, word[: rng.randrange(len(word) + 1)], rng.choice(TOKENS))) + data[at:]
                )
            else:
                data = mutate_text(data, rng)
        return data[:limit]


class BundleMutator:
    """Mutates some files of a bundle, their names, and the command that reads them."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        files = [content for seed in seeds for content in Bundle.decode(seed).files.values()]
        self._yaml, self._json = Mutator(files), JsonMutator([])
        self._commands = [command for seed in seeds if (command := Bundle.decode(seed).command) is not None]

    def __call__(self, data: bytes, rng: Random, limit: int = LARGEST) -> bytes:
        bundle = Bundle.decode(data)
        files = dict(bundle.files)
        for _ in range(rng.choice((1, 1, 2, 3))):
            if not files:
                break
            name = rng.choice(list(files))
            files[name] = (self._json if name.endswith(".json") else self._yaml)(files[name], rng, limit)
        roll = rng.random()
        if files and roll < 0.05:
            del files[rng.choice(list(files))]
        elif files and roll < 0.1:
            name = rng.choice(list(files))
            new = self._renamed(name, files, rng)
            files[new] = files[name] if rng.random() < 0.5 else files.pop(name)
        command = bundle.command
        if self._commands and rng.random() < 0.3:
            command = rng.choice(self._commands)
        return Bundle(files, command).encode()

    @staticmethod
    def _renamed(name: str, files: dict[str, bytes], rng: Random) -> str:
        folder, slash, _ = name.rpartition("/")
        return rng.choice((f"{folder}{slash}{rng.choice(_ODD_NAMES)}", rng.choice(list(files))))


def tree_of(data: bytes) -> Any:
    """What a document says, as built-in types, if it says anything."""
    if len(data) > LARGEST:
        return None
    root = read("a.yaml", data).root
    return plain(root) if root is not None else None
