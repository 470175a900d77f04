"""A cross-check never assumes that another one has passed: whatever is wrong with a specification, none fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from fairlead.source.nodes import plain
from fairlead.source.reader import read
from tests.unit.plan.specs import ASSISTANT, BATCH, SCREEN, TRIAGE, TUMOR, edit, examine


def tree(text: str) -> Any:
    """A specification as plain data."""
    root = read("it.yaml", text.encode()).root
    assert root is not None
    return plain(root)


BASES = [tree(text) for text in (TUMOR, BATCH, ASSISTANT, SCREEN, TRIAGE)]
OTHERS = {"specs/other.yaml": edit(SCREEN, ("name: screen,", "name: other,"))}
VALUES: list[Any] = [
    *(
        "none",
        "all",
        "label",
        "cpu-spot",
        "gpu-l4",
        "knative",
        "v1",
        "openai",
        "vllm",
        "triton",
        "custom",
        "random",
        "time",
    ),
    *("grid", "mean_radius", "diagnosis", "biopsies", "other", "1ms", "90d", "99%", "image", "boolean", "regression"),
    *("ranking", "text-generation", "rmse >= 3", "recall[diagnosis] >= 0.5", "minimize rmse", "pinned", "each-run"),
    *(0, 1, 1000, 0.5, -1, True, [], {}, None, {"drift": {}}, {"schedule": "* * * * *", "on": ["quality"]}),
    {"batch": {"schedule": "0 2 * * *", "input": "s3://aaa/b/", "output": "s3://aaa/c/"}},
    {"graph": {"type": "splitter", "of": [{"pipeline": "other"}]}},
]


def paths(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a tree below its first level's names."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if (above or (key,))[0] not in ("apiVersion", "kind", "metadata"):
            yield (*above, key)
            yield from paths(value, (*above, key))


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A specification from which something was taken, or in which something was put in place of something else."""
    found = deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(paths(found)) or [("serving",)]))
        parent = found
        for step in path[:-1]:
            parent = parent[step]
        if draw(st.booleans()):
            parent[path[-1]] = deepcopy(draw(st.sampled_from(VALUES)))
        elif isinstance(parent, list) or path[-1] in parent:
            del parent[path[-1]]
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(broken())
def test_whatever_is_wrong_is_said_and_nothing_fails(specification: Any) -> None:
    with TemporaryDirectory() as folder:
        # JSON is YAML: what is written is what was drawn.
        found = examine(Path(folder), json.dumps(specification), OTHERS)
    assert all(each.message and each.place.file in (*found.texts, "fairlead.yaml") for each in found.diagnostics)
    assert all(not each.message.endswith(".") and not each.help.endswith(".") for each in found.diagnostics)
