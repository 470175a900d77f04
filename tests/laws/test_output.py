"""What is on disk depends on what is wanted, and on nothing that was there before."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, strategies as st

from fairlead.output.assemble import assemble
from fairlead.output.desired import Assembled, Owner, Selection
from fairlead.target import Compiled
from tests.unit.output.trees import (
    ENVIRONMENTS,
    OUTPUT,
    compile_to,
    config_map,
    memory,
    shared,
    text_file,
    times,
    tree,
    workflow,
)

Estate = Mapping[tuple[str, str], Mapping[str, int]]
"""For each pipeline in an environment, by target, a number that its resources depend on."""

estates = st.dictionaries(
    st.tuples(st.sampled_from(["staging", "production"]), st.sampled_from(["a", "b", "c"])),
    st.dictionaries(st.sampled_from(["argo", "kserve"]), st.integers(0, 3), min_size=1),
    min_size=1,
)


def assembled(estate: Estate) -> list[Assembled]:
    units = [unit(environment, name, targets) for (environment, name), targets in estate.items()]
    common = [
        shared(environment, *([config_map("bus")] if len(estate) % 2 else [])) for environment in sorted(ENVIRONMENTS)
    ]
    return [*units, *common, shared(None, files=[workflow(content=f"# {len(estate)}\n")])]


def unit(environment: str, name: str, targets: Mapping[str, int]) -> Assembled:
    compiled = {
        target: Compiled(
            [config_map(f"{name}-{target}-{index}", {"value": str(number)}) for index in range(number + 1)],
            [text_file("notes.txt", f"{number}\n")] if number % 2 else [],
        )
        for target, number in targets.items()
    }
    return assemble(Owner(environment, name), f"specs/{name}.yaml", compiled, OUTPUT)


def fresh(estate: Estate) -> dict[str, bytes]:
    """The tree that `estate` gives where nothing was before."""
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        compile_to(Path(folder), *assembled(estate))
        return tree(Path(folder))


@given(before=estates, after=estates)
def test_a_whole_compile_forgets_what_was_there(before: Estate, after: Estate) -> None:
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        root = Path(folder)
        (root / "rendered/staging/a").mkdir(parents=True)
        (root / "rendered/staging/a/mine.txt").write_text("mine\n")
        compile_to(root, *assembled(before), allow_empty=True)
        compile_to(root, *assembled(after), allow_empty=True)
        assert tree(root) == fresh(after) | {"rendered/staging/a/mine.txt": b"mine\n"}
        seen = times(root)
        assert compile_to(root, *assembled(after), allow_empty=True).is_empty
        assert times(root) == seen


@given(estate=estates, changed=st.data())
def test_compiling_spec_by_spec_gives_what_compiling_all_gives(estate: Estate, changed: st.DataObject) -> None:
    before = {key: changed.draw(estates).get(key, targets) for key, targets in estate.items()}
    order = changed.draw(st.permutations(sorted({name for _, name in estate})))
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        root = Path(folder)
        compile_to(root, *assembled(before))
        for name in order:
            mine = [unit(environment, each, targets) for (environment, each), targets in estate.items() if each == name]
            compile_to(root, *mine, selection=Selection(ENVIRONMENTS, pipelines=frozenset({name})))
        assert tree(root) == fresh(estate)


@given(estate=estates, changed=st.data())
def test_compiling_environment_by_environment_gives_what_compiling_all_gives(
    estate: Estate, changed: st.DataObject
) -> None:
    before = changed.draw(estates)
    order = changed.draw(st.permutations(sorted(ENVIRONMENTS)))
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        root = Path(folder)
        compile_to(root, *assembled(before))
        for environment in order:
            mine = [one for one in assembled(estate) if one.owner.environment in (environment, None)]
            selection = Selection(ENVIRONMENTS, environments=frozenset({environment}))
            compile_to(root, *mine, selection=selection, allow_empty=True)
        assert tree(root) == fresh(estate)


@given(estate=estates, changed=st.data())
def test_compiling_target_by_target_gives_what_compiling_all_gives(estate: Estate, changed: st.DataObject) -> None:
    before = {key: changed.draw(estates).get(key, targets) for key, targets in estate.items()}
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        root = Path(folder)
        compile_to(root, *assembled(before))
        for target in changed.draw(st.permutations(["argo", "kserve", "github-actions"])):
            selection = Selection(ENVIRONMENTS, targets=frozenset({target}))
            if target == "github-actions":
                mine = [one for one in assembled(estate) if one.owner.pipeline is None]
            else:
                mine = [
                    unit(environment, name, {each: number for each, number in targets.items() if each == target})
                    for (environment, name), targets in estate.items()
                ]
            compile_to(root, *mine, selection=selection)
        assert tree(root) == fresh(estate)
