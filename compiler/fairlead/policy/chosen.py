"""Which policies a project has: those that come with Fairlead, and those of installed packages that it names."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from fairlead.policy.base import GROUP, Policy
from fairlead.policy.policy import BUILT_IN, Rule, Rules
from fairlead.project.model import Project
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.nodes import Mapping as MappingNode, find, place_of
from fairlead.source.words import nearest_word

NOT_INSTALLED = Code(
    "FL7003",
    "a policy that is not installed",
    """
    `policies` in fairlead.yaml names a policy that neither comes with Fairlead nor is registered by an installed
    package under the entry-point group `fairlead.policies`.

    ```yaml
    policies: {acme.cost-center: error}                             # FL7003 where the package is not installed
    ```

    Mend the name, or install the package wherever Fairlead runs: with the requirements of the project, so that CI has
    it too. docs/policies.md shows how to write one.
    """,
)
BROKEN = Code(
    "FL7004",
    "a policy that can't be loaded",
    """
    The policy is installed, and its package can't be imported, or what it registers is no subclass of
    `fairlead.policy.base.Policy` with the name that it is registered by. Ask the author of the package.
    """,
)


def rules_of(project: Project, root: MappingNode) -> tuple[Rules, list[Diagnostic]]:
    """The policies of a project, and what is wrong with those that it names. Only what it names is imported."""
    levels = {str(name): level for name, level in project.policies.items()}
    rules, found = [], list[Diagnostic]()
    points: Mapping[str, EntryPoint] | None = None
    policies = {policy.name: policy for policy in BUILT_IN}
    for name in levels:
        if name in policies:
            continue
        if points is None:
            points = {point.name: point for point in entry_points(group=GROUP)}
        policy = _loaded(name, points, policies, root)
        if isinstance(policy, Diagnostic):
            found.append(policy)
        else:
            policies[name] = policy
    for name, policy in policies.items():
        level = levels.get(name)
        if level != "ignore":
            rules.append(Rule(policy, Severity(level) if level is not None else None))
    ignored = frozenset(name for name, level in levels.items() if level == "ignore")
    return Rules(tuple(rules), ignored), found


def _loaded(
    name: str, points: Mapping[str, EntryPoint], known: Mapping[str, Policy], root: MappingNode
) -> Policy | Diagnostic:
    section = find(root, ("policies",))
    written = section.entries.get(name) if isinstance(section, MappingNode) else None
    place = written.key_place if written is not None else place_of(root, ("policies",))
    if name not in points:
        names = [*known, *points]
        help_ = f"there are {', '.join(names)}"
        return Diagnostic(NOT_INSTALLED, place, f"no policy `{name}` is installed", help_, nearest_word(name, names))
    try:
        loaded = points[name].load()
    except (ImportError, AttributeError) as error:
        message = f"the policy `{name}` can't be loaded: {error}"
        return Diagnostic(BROKEN, place, message, "ask the author of its package")
    if not (isinstance(loaded, type) and issubclass(loaded, Policy) and getattr(loaded, "name", None) == name):
        message = f"`{points[name].value}` is no policy with the name `{name}`"
        return Diagnostic(BROKEN, place, message, "ask the author of its package")
    return loaded()
