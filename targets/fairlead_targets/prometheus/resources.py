"""From sets of rules to what is written: plain rule files, their tests, and PrometheusRules of the operator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Literal

from typing_extensions import TypedDict

from fairlead.resources import conventions
from fairlead.resources.kinds import Metadata
from fairlead.resources.pods import metadata
from fairlead.resources.resource import File, Origin, Resource
from fairlead.source.nodes import Path
from fairlead_targets.prometheus.cases.case import RuleSet
from fairlead_targets.prometheus.context import Context
from fairlead_targets.prometheus.rules import GroupsManifest

RULES = PurePosixPath("rules")
TESTS = PurePosixPath("tests")


class PrometheusRule(TypedDict):
    """monitoring.coreos.com/v1 PrometheusRule."""

    apiVersion: Literal["monitoring.coreos.com/v1"]
    kind: Literal["PrometheusRule"]
    metadata: Metadata
    spec: GroupsManifest


def files(rules: RuleSet, content: GroupsManifest) -> Iterator[File]:
    """The rule file of a set, as Prometheus and promtool read it, and the tests beside it.

    `content` is what the set's `rules` give, which the operator's resource shares.
    """
    why = rules.groups[0].rules[0].origin
    yield File(RULES / f"{rules.purpose}.yaml", dict(content), why)
    tested = Origin(why.node, why.place, f"proves that the rules in {RULES / rules.purpose}.yaml fire when they should")
    for name, tests in rules.tests().items():
        yield File(TESTS / name, tests, tested)


def prometheus_rule(context: Context, rules: RuleSet, content: GroupsManifest) -> Resource:
    """The same groups for the operator, each rule with its own origin."""
    manifest: PrometheusRule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata(
            conventions.rules(context.plan.name, rules.purpose), context.namespace, context.resource_labels
        ),
        "spec": content,
    }
    fields: dict[Path, Origin] = {}
    for at, group in enumerate(rules.groups):
        fields["spec", "groups", at] = group.rules[0].origin
        for position, rule in enumerate(group.rules):
            fields["spec", "groups", at, "rules", position] = rule.origin
    return Resource(dict(manifest), rules.groups[0].rules[0].origin, fields)
