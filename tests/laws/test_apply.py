"""Whatever was applied before and whatever others have made: nothing that is not ours is deleted, and twice is once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fairlead.apply.carrying import carry_out
from fairlead.apply.plan import Plan, decode, deviations, encode
from fairlead.apply.planning import Request, make_plan
from fairlead.apply.waiting import Patience
from fairlead.apply.wanted import Wanted
from fairlead.cluster.kubectl import Kubectl
from fairlead.output.desired import ResourceRef
from fairlead.output.yaml import dump
from fairlead.source.diagnostics import Refused
from tests.clusters import Cluster

NAMESPACE = "ml"
KINDS = {"ConfigMap": "v1", "ServiceAccount": "v1", "InferenceService": "serving.kserve.io/v1beta1"}
resources = st.dictionaries(
    st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from("abcd")),
    st.tuples(st.integers(0, 2), st.sampled_from(["churn", "fraud"])),
    max_size=8,
)
"""What is wanted: of each kind and name a value, and the pipeline that it belongs to."""
Wish = dict[tuple[str, str], tuple[int, str]]


def manifest(kind: str, name: str, value: int) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": KINDS[kind], "kind": kind, "metadata": metadata, "spec": {"value": value}}


def request_of(wish: Wish, **more: Any) -> Request:
    wanted = tuple(
        Wanted(
            ResourceRef(KINDS[kind], kind, NAMESPACE, name),
            f"rendered/production/{part}/{kind}-{name}.yaml",
            dump(manifest(kind, name, value)).encode(),
            part,
        )
        for (kind, name), (value, part) in wish.items()
    )
    return Request("acme", "production", NAMESPACE, wanted, **more)


def apply(wish: Wish, **more: Any) -> Plan:
    request, kubectl = request_of(wish, **more), Kubectl()
    planned = make_plan(kubectl, request)
    carry_out(kubectl, request, planned, Patience(None), lambda _: None)
    return planned.plan


def own(cluster: Cluster) -> dict[tuple[str, str], int]:
    return {
        (kind, name): each["spec"]["value"]
        for (kind, _, name), each in cluster.objects.items()
        if kind in KINDS and not name.startswith("fairlead.")
    }


@settings(max_examples=40)
@given(st.lists(resources, min_size=1, max_size=3))
def test_the_cluster_has_what_was_applied_last_and_a_second_time_writes_nothing(wishes: list[Wish]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        cluster = Cluster().use(patched, NAMESPACE)
        for wish in wishes:
            apply(wish)
            assert own(cluster) == {about: value for about, (value, _) in wish.items()}
            before = cluster.versions()
            assert apply(wish).is_empty
            assert cluster.versions() == before


@given(resources, resources, resources)
def test_what_others_have_made_is_neither_changed_nor_deleted(first: Wish, second: Wish, theirs: Wish) -> None:
    with pytest.MonkeyPatch.context() as patched:
        cluster = Cluster().use(patched, NAMESPACE)
        for (kind, name), (value, _) in theirs.items():
            cluster.put(manifest(kind, name, value))
        before = cluster.versions()
        for wish in (first, second):
            meets = wish.keys() & theirs.keys()
            if meets:
                with pytest.raises(Refused) as refused:
                    apply(wish)
                assert {found.code.id for found in refused.value.diagnostics} == {"FL8209"}
            else:
                apply(wish)
            assert before.items() <= cluster.versions().items()


@given(resources, resources, st.integers(0, 12))
def test_whenever_it_is_interrupted_the_next_one_ends_where_it_should(first: Wish, second: Wish, when: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        cluster = Cluster().use(patched, NAMESPACE)
        left = [when]

        def interrupt(call: list[str]) -> None:
            if call[0] in ("apply", "create", "replace", "delete"):
                if left[0] == 0:
                    raise KeyboardInterrupt
                left[0] -= 1

        cluster.before = interrupt
        for wish in (first, second):
            try:
                apply(wish)
            except KeyboardInterrupt:
                break
        cluster.before = lambda call: None
        apply(second)
        assert own(cluster) == {about: value for about, (value, _) in second.items()}


@settings(max_examples=40)
@given(resources, resources)
def test_a_plan_is_read_as_it_was_written_and_holds_until_something_changes(first: Wish, second: Wish) -> None:
    with pytest.MonkeyPatch.context() as patched:
        Cluster().use(patched, NAMESPACE)
        apply(first)
        plan = make_plan(Kubectl(), request_of(second)).plan
        assert decode(encode(plan)) == plan
        assert deviations(plan, make_plan(Kubectl(), request_of(second)).plan) == []
        apply(second)
        now = make_plan(Kubectl(), request_of(second)).plan
        assert (deviations(plan, now) == []) == plan.is_empty
