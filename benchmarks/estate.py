"""An estate of any size for the benchmarks: the pipelines of `specs/`, varied, in a project of their own.

What is made depends on the seed and the number alone, so that two machines measure the same work.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairlead.output.yaml import dump
from fairlead.source.nodes import plain
from fairlead.source.reader import read

ROOT = Path(__file__).resolve().parent.parent
LINES = 150
"""Lines that a specification has, written with one key a line. Shorter ones are given columns until they have them."""
MEMBERS = ("screen", "tumor-classifier")
"""What the graph of biopsy-triage refers to: it keeps company with them in every round."""


def make(folder: Path, count: int, seed: int = 1) -> Path:
    """Writes a project with `count` specifications, and their locks, to a new `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    specs = folder / "specs"
    specs.mkdir(parents=True)
    shutil.copy(ROOT / "fairlead.yaml", folder / "fairlead.yaml")
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    bases = _bases()
    for number in range(count):
        name, texts = bases[number % len(bases)]
        _write(specs, name, number // len(bases), texts, chance)
    return folder


def _bases() -> list[tuple[str, Mapping[str, Any]]]:
    """Name and files (by ending) of every pipeline in `specs/`, the members of graphs first."""
    found = []
    for path in sorted((ROOT / "specs").glob("*.yaml")):
        if path.name.endswith(".lock.yaml"):
            continue
        files = {"yaml": _read(path)}
        for lock in sorted(path.parent.glob(f"{path.stem}.*.lock.yaml")):
            files[lock.name.removeprefix(f"{path.stem}.")] = _read(lock)
        found.append((path.stem, files))
    return sorted(found, key=lambda base: (base[0] not in MEMBERS, base[0]))


def _read(path: Path) -> Any:
    root = read(path.name, path.read_bytes()).root
    assert root is not None
    return plain(root)


def _write(folder: Path, name: str, turn: int, files: Mapping[str, Any], chance: random.Random) -> None:
    """One pipeline under a name of its own. Everything in its locks that has its name follows."""
    new = f"{name}-{turn:04d}"
    for ending, content in files.items():
        text = _renamed(dump(content), turn)
        if ending == "yaml":
            text = _varied(_longer(text, chance), chance)
        (folder / f"{new}.{ending}").write_text(text, encoding="utf-8")


def _renamed(text: str, turn: int) -> str:
    names = "|".join(re.escape(name) for name, _ in NAMES)
    # A host at the gateway is one pipeline's alone.
    text = re.sub(r"^(\s*host: )([\w-]+)", rf"\g<1>\g<2>-{turn:04d}", text, flags=re.MULTILINE)
    # Names of pipelines and of registered models stand alone as values; in paths of images and buckets they stay.
    return re.sub(rf"^(\s*(?:- )?(?:name|pipeline): )({names})$", rf"\g<1>\g<2>-{turn:04d}", text, flags=re.MULTILINE)


def _longer(text: str, chance: random.Random) -> str:
    """The text with as many columns more as bring it to LINES; as it is where it declares none."""
    lines = text.splitlines()
    at = next((number for number, line in enumerate(lines) if line.strip() == "columns:"), None)
    if at is None:
        return text
    pad = " " * (len(lines[at]) - len(lines[at].lstrip()) + 2)
    more: list[str] = []
    while len(lines) + len(more) + 2 < LINES:
        more += [
            f"{pad}measurement_{len(more) // 3:03d}:",
            f"{pad}  type: float",
            f"{pad}  min: {chance.randint(-9, 9)}",
        ]
    return "\n".join([*lines[: at + 1], *more, *lines[at + 1 :], ""])


def _varied(text: str, chance: random.Random) -> str:
    """Other numbers in some places, so that no two pipelines are one text."""
    return re.sub(
        r"^(\s+memory: )(\d+)Gi$", lambda m: f"{m[1]}{int(m[2]) + chance.randint(0, 3)}Gi", text, flags=re.MULTILINE
    )


NAMES = _bases()
