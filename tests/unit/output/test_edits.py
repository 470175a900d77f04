"""What a person changed, and how to say it as a patch."""

from __future__ import annotations

import pytest

from fairlead.output.desired import ResourceRef
from fairlead.output.edits import says_the_same, suggested_patch
from fairlead.output.yaml import dump

RESOURCE = ResourceRef("v1", "Service", "ml", "churn")


def test_a_patch_is_suggested_for_what_a_merge_can_say() -> None:
    one, other = {"kind": "Service", "spec": {"a": 1}}, {"kind": "Service", "spec": {"a": 2}}
    assert suggested_patch(RESOURCE, dump(one).encode(), dump(other).encode()) == (
        "patches:\n- why: (say why)\n  target:\n    kind: Service\n    name: churn\n  merge:\n    spec:\n      a: 2\n"
    )


def test_of_a_list_of_named_things_the_changed_one_is_suggested() -> None:
    one = {"kind": "Pod", "spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "x"}]}}
    other = {"kind": "Pod", "spec": {"containers": [{"name": "b", "image": "z"}]}}
    found = suggested_patch(ResourceRef("v1", "Pod", "ml", "churn"), dump(one).encode(), dump(other).encode())
    assert found is not None
    assert found.endswith(
        "      containers:\n      - name: a\n        $patch: delete\n      - name: b\n        image: z\n"
    )


@pytest.mark.parametrize(
    "other",
    [
        b"kind: Service\nspec:\n  a: null\n",
        b"kind: Other\nspec:\n  a: 1\n",
        b"kind: Service\nspec: {a: 1}\n",
        b"not: [yaml\n",
        b"- a\n",
        b"\xff\xfe",
        b"a: 1\n---\nb: 2\n",
        b"",
    ],
)
def test_none_is_suggested_for_what_it_cannot(other: bytes) -> None:
    assert suggested_patch(RESOURCE, b"kind: Service\nspec:\n  a: 1\n", other) is None


@pytest.mark.parametrize("other", [b"b: x\na: 1\n", b"# c\na: 1\nb: 'x'\n", b"{a: 1, b: x}"])
def test_layout_and_comments_say_nothing(other: bytes) -> None:
    assert says_the_same(b"a: 1\nb: x\n", other)


@pytest.mark.parametrize("other", [b"a: 1\n", b"a: '1'\nb: x\n", b"a: 1.0\nb: x\n", b"a: true\nb: x\n", b"[", b""])
def test_values_and_types_do(other: bytes) -> None:
    assert not says_the_same(b"a: 1\nb: x\n", other)
