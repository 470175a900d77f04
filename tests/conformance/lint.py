"""A judge of rule files that needs no server: what cloudflare's pint asks of rules offline, over promql-parser's tree.

It judges what a test of promtool can't show, because promtool feeds a rule only what somebody thought of:

- an alert has a condition in each of its branches, is held for some scrapes, and tells who, what and how bad;
- a message uses no label that the expression drops, and no label of a rule hides one that the expression found;
- a pattern is one (a text is compared with `=`), and has no anchors of its own, since all patterns are anchored;
- a rate looks at a counter, and over four scrapes or more; a share is not compared with what no share exceeds;
- the two sides of an operator have the same labels, and an aggregation says which labels stay;
- what is read from a record is recorded, by an earlier rule of the group, with these labels;
- nothing is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import promql_parser as promql

SCRAPE: Final = timedelta(seconds=30)
LABELS: Final = ("severity", "namespace", "team", "pipeline", "receiver", "environment")
ANNOTATIONS: Final = ("summary", "description")
COUNTERS: Final = re.compile(
    r".*(_total|_count|_sum|_bucket)|envoy_cluster_upstream_rq_xx|nv_inference_request_(success|failure)"
)
"""What counters and the parts of histograms are called; Envoy and Triton have names of their own."""
RECORDED: Final = ("pipeline:", "version:")
_USED: Final = re.compile(r"\$labels\.([a-zA-Z_]+)")
_LITERAL: Final = re.compile(r'\{\{ "\{\{" \}\}')
_META: Final = re.compile(r"[.+*?()|\[\]{}\\]")
_COMPARISONS: Final = frozenset({"==", "!=", ">", "<", ">=", "<="})

Labels = frozenset[str] | None
"""The labels of a result; None where they are whatever the exporter gives."""


def operator(expression: Any) -> str:
    """The operator of a binary expression."""
    return str(expression.op)


@dataclass
class Recorded:
    """A record that an earlier rule of the group makes."""

    labels: Mapping[str, str]
    all: Labels


@dataclass
class File:
    """A rule file, judged group by group."""

    groups: Sequence[Mapping[str, Any]]
    scrape: timedelta = SCRAPE
    found: list[str] = field(default_factory=list)
    written: set[tuple[Any, ...]] = field(default_factory=set)

    def findings(self) -> list[str]:
        """What is wrong with the rules."""
        names = [group["name"] for group in self.groups]
        self.found += [f"the group {name} stands twice" for name in set(names) if names.count(name) > 1]
        for group in self.groups:
            self._group(group)
        return self.found

    def _group(self, group: Mapping[str, Any]) -> None:
        records: dict[str, list[Recorded]] = {}
        for rule in group["rules"]:
            name = rule.get("record") or rule["alert"]
            said = f"{group['name']}: {name}"
            one = Rule(rule, records, self.scrape)
            self.found += [f"{said}: {finding}" for finding in one.findings()]
            labels = rule.get("labels", {})
            # Two alerts with the same labels are one to Alertmanager, unless their expressions tell them apart.
            apart = rule["expr"] if "alert" in rule and one.labels else ""
            key = (name, "record" in rule, tuple(sorted(labels.items())), apart)
            if key in self.written:
                self.found.append(f"{said}: it is written twice")
            self.written.add(key)
            if "record" in rule:
                own = None if one.labels is None else one.labels | labels.keys()
                records.setdefault(name, []).append(Recorded(labels, own))


class Rule:
    """One rule, after those before it in its group."""

    def __init__(self, rule: Mapping[str, Any], records: Mapping[str, list[Recorded]], scrape: timedelta) -> None:
        self.rule, self.records, self.scrape = rule, records, scrape
        self.root = promql.parse(rule["expr"])
        self.problems: list[str] = []
        self.labels = self._labels(self.root)

    def findings(self) -> Iterator[str]:
        """What is wrong with it."""
        yield from self.problems
        for selector, window, function in _selectors(self.root):
            yield from self._selector(selector, window, function)
        own = self.rule.get("labels", {})
        pinned = {
            (matcher.name, matcher.value)
            for selector, _, _ in _selectors(self.root)
            for matcher in selector.matchers.matchers
            if matcher.op == promql.MatchOp.Equal
        }
        hidden = [name for name in (self.labels or ()) if name in own and (name, own[name]) not in pinned]
        yield from (f"the label {name} hides one that the expression found" for name in hidden)
        if "alert" in self.rule:
            yield from self._alert(own)
        elif "for" in self.rule or "annotations" in self.rule:
            yield "a record is neither held nor told"

    def _alert(self, own: Mapping[str, str]) -> Iterator[str]:
        if not _condition(self.root):
            yield "it has no condition, and fires as long as there is a value"
        held = promql.parse_duration(str(self.rule["for"])) if "for" in self.rule else timedelta(0)
        if held < self.scrape * 2:
            yield f"it is held for {held} only"
        yield from (
            f"it has no label {name}" for name in LABELS if not own.get(name) and name not in (self.labels or ())
        )
        notes = self.rule.get("annotations", {})
        yield from (f"it has no {name}" for name in ANNOTATIONS if not notes.get(name))
        if own.get("severity") not in ("page", "ticket"):
            yield "its severity is neither page nor ticket"
        yield from (f"the label {name} is a template" for name, value in own.items() if "{{" in str(value))
        for name, text in notes.items():
            actions = _LITERAL.sub("", text)
            for label in _USED.findall(actions):
                if label not in own and (self.labels is None or label not in self.labels):
                    yield f"{name} shows the label {label}, which the expression drops"
            if "$labels." not in actions and "$value" not in actions and "{{" in actions:
                yield f"{name} has an action that shows nothing of the alert"

    def _selector(self, selector: Any, window: timedelta | None, function: str) -> Iterator[str]:
        name = selector.name or ""
        for matcher in selector.matchers.matchers:
            pattern = matcher.op in (promql.MatchOp.Re, promql.MatchOp.NotRe)
            if pattern and not _META.search(matcher.value):
                yield f"{matcher} compares with a text, as with a pattern"
            if pattern and (matcher.value.startswith("^") or matcher.value.endswith("$")):
                yield f"{matcher} has anchors, which every pattern has"
            if pattern and re.fullmatch(matcher.value, ""):
                yield f"{matcher} selects series without the label"
        if function in ("rate", "increase", "irate"):
            if not COUNTERS.fullmatch(name):
                yield f"{function} looks at {name}, which is no counter"
            if window is not None and window < self.scrape * 4:
                yield f"{function} over {window} has fewer than four scrapes"
        elif COUNTERS.fullmatch(name) and function not in ("absent", "absent_over_time"):
            yield f"{name} is a counter, and read without a rate"
        if name.startswith(RECORDED):
            yield from self._reads(selector)
        elif not any(
            "namespace" in matcher.name or name.startswith("envoy_") for matcher in selector.matchers.matchers
        ):
            yield f"{name} is read from every namespace"

    def _reads(self, selector: Any) -> Iterator[str]:
        asked = {matcher.name: matcher.value for matcher in selector.matchers.matchers}
        made = self.records.get(selector.name, [])
        if not made:
            yield f"{selector.name} is not recorded before it is read"
        elif not any(asked.items() <= dict(record.labels).items() for record in made):
            yield f"{selector.name} is recorded with other labels than {asked}"

    def _labels(self, node: Any) -> Labels:
        """The labels of a result."""
        match node:
            case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
                return self._labels(node.expr)
            case promql.NumberLiteral() | promql.StringLiteral():
                return frozenset()
            case promql.VectorSelector():
                known = self.records.get(node.name or "")
                return known[0].all if known else None
            case promql.MatrixSelector():
                return self._labels(node.vector_selector)
            case promql.AggregateExpr():
                self._labels(node.expr)
                if node.modifier is None:
                    return frozenset()
                if node.modifier.type != promql.AggModifierType.By:
                    self.problems.append("an aggregation says which labels go, and not which stay")
                    return None
                return frozenset(node.modifier.labels)
            case promql.Call():
                return self._called(node)
            case promql.BinaryExpr():
                return self._combined(node)
        raise TypeError(type(node).__name__)

    def _called(self, node: Any) -> Labels:
        if node.func.name in ("time", "vector", "scalar"):
            return frozenset()
        results = [self._labels(argument) for argument in node.args]
        if node.func.name in ("absent", "absent_over_time"):
            inner = node.args[0]
            selector = inner.vector_selector if isinstance(inner, promql.MatrixSelector) else inner
            return frozenset(
                matcher.name for matcher in selector.matchers.matchers if matcher.op == promql.MatchOp.Equal
            )
        return results[-1] if results else frozenset()

    def _combined(self, node: Any) -> Labels:
        left, right = self._labels(node.lhs), self._labels(node.rhs)
        if _scalar(node.lhs):
            return right
        if _scalar(node.rhs):
            self._bounded(node)
            return left
        plain = node.modifier is None or node.modifier.matching is None
        if plain and left != right:
            shown = " and ".join("any" if each is None else f"{{{', '.join(sorted(each))}}}" for each in (left, right))
            self.problems.append(f"the sides of {operator(node)} have other labels: {shown}")
        return left

    def _bounded(self, node: Any) -> None:
        share = isinstance(node.lhs, promql.VectorSelector) and ":ratio" in (node.lhs.name or "").replace(
            "_ratio", ":ratio"
        )
        bound = node.rhs.val if isinstance(node.rhs, promql.NumberLiteral) else None
        if share and bound is not None and operator(node) in (">", ">=") and bound >= 1:
            self.problems.append(f"no share is {operator(node)} {bound}")


def _scalar(node: Any) -> bool:
    if isinstance(node, promql.ParenExpr):
        return _scalar(node.expr)
    if isinstance(node, promql.BinaryExpr):
        return _scalar(node.lhs) and _scalar(node.rhs)
    return isinstance(node, promql.NumberLiteral) or (isinstance(node, promql.Call) and node.func.name == "time")


def _condition(node: Any) -> bool:
    """Whether an expression has a value only while something is so."""
    match node:
        case promql.ParenExpr() | promql.AggregateExpr():
            return _condition(node.expr)
        case promql.Call():
            return node.func.name in ("absent", "absent_over_time")
        case promql.BinaryExpr():
            if operator(node) in _COMPARISONS:
                return not (node.modifier is not None and node.modifier.return_bool)
            if operator(node) == "or":
                return _condition(node.lhs) and _condition(node.rhs)
            return operator(node) == "unless" or _condition(node.lhs) or _condition(node.rhs)
    return False


def _selectors(node: Any, function: str = "") -> Iterator[tuple[Any, timedelta | None, str]]:
    """Every selector with its window and the function that reads it."""
    match node:
        case promql.VectorSelector():
            yield node, None, function
        case promql.MatrixSelector():
            yield node.vector_selector, node.range, function
        case promql.Call():
            for argument in node.args:
                yield from _selectors(argument, node.func.name)
        case promql.BinaryExpr():
            yield from _selectors(node.lhs)
            yield from _selectors(node.rhs)
        case promql.ParenExpr() | promql.AggregateExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            yield from _selectors(node.expr, function)
