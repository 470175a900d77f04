"""File names are public: a change here renames files in every repository that uses Fairlead."""

from __future__ import annotations

import itertools

from fairlead.output.names import LONGEST, file_names
from fairlead.resources.resource import Identity

SERVICE = Identity("", "Service", "ml", "churn")
KNATIVE = Identity("serving.knative.dev", "Service", "ml", "churn")
LONG = "a" * 200


def test_a_name_is_the_kind_and_the_name_in_lower_case() -> None:
    assert file_names([SERVICE, Identity("kserve.io", "InferenceService", "ml", "churn")]) == [
        "service-churn.yaml",
        "inferenceservice-churn.yaml",
    ]


def test_characters_that_some_file_system_refuses_become_hyphens() -> None:
    assert file_names([Identity("", "ClusterRole", "", "system:Auth/x")]) == ["clusterrole-system-auth-x.yaml"]


def test_kinds_of_two_groups_are_told_apart_by_their_identity() -> None:
    assert file_names([SERVICE, KNATIVE]) == ["service-churn-d2f75dfb.yaml", "service-churn-b17849bd.yaml"]


def test_names_that_differ_late_are_cut_and_told_apart() -> None:
    names = file_names([Identity("", "ConfigMap", "", LONG + "1"), Identity("", "ConfigMap", "", LONG + "2")])
    assert len(set(names)) == 2
    assert all(len(name) <= LONGEST + len(".yaml") for name in names)


def test_a_name_depends_on_no_order() -> None:
    identities = [SERVICE, KNATIVE, Identity("", "Service", "other", "churn"), Identity("", "Role", "ml", LONG)]
    expected = dict(zip(identities, file_names(identities), strict=True))
    for order in itertools.permutations(identities):
        assert dict(zip(order, file_names(order), strict=True)) == expected


def test_one_resource_twice_has_one_name_and_is_left_to_others_to_refuse() -> None:
    assert file_names([SERVICE, SERVICE]) == ["service-churn.yaml", "service-churn.yaml"]
