"""What can be wrong with the environments of fairlead.yaml and with its defaults, as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fairlead.project.model import Project
from fairlead.source.diagnostics import Diagnostic, Related
from fairlead.source.nodes import Mapping, find, place_of
from fairlead.source.words import nearest_word
from fairlead.workspace import codes

PER_PIPELINE: Final = ("apiVersion", "kind", "environments")
"""What each specification says itself."""


def environment_findings(project: Project, root: Mapping) -> Iterable[Diagnostic]:
    """Environments that train nowhere or twice, come in an impossible order or share a namespace; bad defaults."""
    training = [str(name) for name, environment in project.environments.items() if environment.trains]
    place = place_of(root, ("environments",))
    if len(training) != 1:
        which = (
            f"{len(training)} environments have `trains: true`: {', '.join(training)}"
            if training
            else "no environment has `trains: true`"
        )
        yield Diagnostic(codes.ONE_TRAINS, place, which, "mark exactly one")
    seen: list[str] = []
    namespaces: dict[str, str] = {}
    for name, environment in project.environments.items():
        after = str(environment.after) if environment.after else None
        if after is not None and after not in seen:
            known = after in {str(other) for other in project.environments}
            at = place_of(root, ("environments", str(name), "after"))
            message = (
                f"`{name}` comes after `{after}`, which stands below it"
                if known
                else f"there is no environment `{after}`"
            )
            if after == str(name):
                message = f"`{name}` comes after itself"
            code = codes.BAD_AFTER if known else codes.UNKNOWN_ENVIRONMENT
            yield Diagnostic(code, at, message, "name an environment that stands above it", nearest_word(after, seen))
        if environment.trains and after is not None:
            at = place_of(root, ("environments", str(name), "after"))
            yield Diagnostic(codes.BAD_AFTER, at, f"`{name}` trains, so nothing can come before it", "remove `after`")
        if environment.namespace in namespaces:
            at = place_of(root, ("environments", str(name), "namespace"))
            other = namespaces[environment.namespace]
            related = Related(place_of(root, ("environments", other, "namespace")), "the first")
            message = f"`{name}` and `{other}` are both in the namespace `{environment.namespace}`"
            yield Diagnostic(codes.SAME_NAMESPACE, at, message, "give each a namespace of its own", related=(related,))
        namespaces.setdefault(environment.namespace, str(name))
        seen.append(str(name))
    yield from _branches(project, root)
    for key in (*PER_PIPELINE, "metadata.name"):
        path = ("defaults", *key.split("."))
        if find(root, path) is not None:
            yield Diagnostic(
                codes.BAD_DEFAULTS,
                place_of(root, path),
                f"`{key}` can't have a default",
                "write it in each specification",
            )


def _branches(project: Project, root: Mapping) -> Iterable[Diagnostic]:
    """Branches for environments that the project does not have: nothing would ever be delivered to them."""
    known = [str(name) for name in project.environments]
    deploy = project.git.deploy if project.git else None
    for name in map(str, deploy.branches if deploy else ()):
        if name not in known:
            at = place_of(root, ("git", "deploy", "branches", name))
            message = f"there is no environment `{name}`"
            help_ = f"fairlead.yaml has {', '.join(known)}"
            yield Diagnostic(codes.UNKNOWN_ENVIRONMENT, at, message, help_, nearest_word(name, known))
