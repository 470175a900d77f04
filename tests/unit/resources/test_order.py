"""The order of kinds: what others need comes first."""

from __future__ import annotations

import itertools

from fairlead.resources.order import KINDS, in_order, rank
from fairlead.resources.resource import Identity, Origin, Resource
from fairlead.source.places import Place


def resource(kind: str, name: str = "a", namespace: str = "ml", group: str = "") -> Resource:
    metadata = {"name": name, "namespace": namespace}
    manifest = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": metadata}
    return Resource(manifest, Origin("x", Place.start_of("specs/a.yaml"), "because"))


def test_no_kind_has_two_ranks() -> None:
    assert len(set(KINDS)) == len(KINDS)


def test_what_others_need_comes_first_and_unknown_kinds_last() -> None:
    kinds = ["Sensor", "Widget", "InferenceService", "PrometheusRule", "ServingRuntime", "ServiceAccount", "Namespace"]
    assert [found.manifest["kind"] for found in in_order(map(resource, kinds))] == [
        "Namespace",
        "ServiceAccount",
        "ServingRuntime",
        "InferenceService",
        "Sensor",
        "PrometheusRule",
        "Widget",
    ]


def test_the_order_is_total_so_it_depends_on_no_other() -> None:
    some = [
        resource("Service", "b"),
        resource("Service"),
        resource("Service", namespace="z"),
        resource("Zebra"),
        resource("Ape"),
    ]
    expected = in_order(some)
    for permutation in itertools.permutations(some):
        assert in_order(permutation) == expected
    assert rank(Identity("", "Service", "ml", "a")) != rank(Identity("serving.knative.dev", "Service", "ml", "a"))
