"""The strategy of random projects reaches the whole language, so that no law is held over a part of it unawares."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from fairlead.project.lock import Lock
from fairlead.project.model import Project
from fairlead.source.diagnostics import has_errors
from fairlead.spec.pipeline import Pipeline
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans
from tests.laws.generate import estates
from tests.laws.generate.estates import SHAPES
from tests.laws.generate.positions import found, places
from tests.laws.generate.sampling import sampled
from tests.unit.output.trees import memory

UNUSED = {"platform.crds"}
"""Places of text that are not drawn: a folder with the clusters' CRDs, against which the laws judge by themselves."""


def test_every_shape_and_every_place_of_the_language_is_drawn() -> None:
    left = {place for model in (Pipeline, Project, Lock) for place in places(model)} - UNUSED
    shapes = {*SHAPES}
    for estate in sampled(estates(), 600):
        left -= found(Project, estate.project)
        left -= {place for tree in estate.specs.values() for place in found(Pipeline, tree)}
        left -= {place for tree in estate.locks.values() for place in found(Lock, tree)}
        shapes -= {*estate.shapes}
        if not left and not shapes:
            break
    assert not left, "these places of the language are never drawn"
    assert not shapes


def test_nearly_all_that_is_drawn_is_valid() -> None:
    count: Counter[bool] = Counter()
    for estate in sampled(estates(), 60):
        with tempfile.TemporaryDirectory(dir=memory()) as folder:
            count[has_errors([*plans(load(estate.write(Path(folder)))).diagnostics])] += 1
    assert count[False] >= 9 * count[True], "a law that is held over few projects shows little"
