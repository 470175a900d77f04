"""Who acts on what is applied: the controllers of the platforms, found by their images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, get_args

from fairlead.cluster.kubectl import Object
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import at, sequence
from fairlead.project.model import Platform

IMAGES: Final = {
    "argo-workflows": r"/workflow-controller$",
    "argo-events": r"/argo-events$",
    "kserve": r"/kserve-controller$",
    "knative": r"/knative\.dev/serving/cmd/controller|/knative-serving-controller$",
    "keda": r"/keda$|/keda-operator$",
    "kubeflow-trainer": r"/trainer-controller-manager$|/trainer/controller$",
    "kueue": r"/kueue$|/kueue-controller$",
    "prometheus-operator": r"/prometheus-operator$",
}
"""The repositories of the controllers' images, by the platform's name in fairlead.yaml."""
RECONCILERS: Final = {"argo-cd": r"/argocd$", "flux": r"/kustomize-controller$"}
"""The same of what reconciles."""
_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)(\.\d+)?\b.*")
_VERSION_LABEL: Final = "app.kubernetes.io/version"


@dataclass(frozen=True)
class Controller:
    """A controller that runs in a namespace; `version` is as `0.20`, or None where nothing says it."""

    namespace: str
    name: str
    image: str
    version: str | None
    available: bool
    arguments: tuple[str, ...]

    def option(self, name: str) -> str | None:
        """The value of an option on its command line, `true` for one without, or None."""
        for position, word in enumerate(self.arguments):
            if word == name:
                following = self.arguments[position + 1 : position + 2]
                return following[0] if following and not following[0].startswith("-") else "true"
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
        return None


def controllers(questions: Questions, pattern: str) -> list[Controller]:
    """The controllers whose image matches. Raises Unanswered."""
    found = [*questions.all("apps/v1", "Deployment"), *questions.all("apps/v1", "StatefulSet")]
    return [each for deployment in found for each in _of(deployment, pattern)]


def known_versions(name: str) -> tuple[str, ...]:
    """The versions of a platform that fairlead.yaml may name."""
    annotation: Any = Platform.model_fields[name.replace("-", "_")].annotation
    return tuple(
        str(value) for part in (annotation, *get_args(annotation)) for value in get_args(part) if isinstance(value, str)
    )


def _of(deployment: Object, pattern: str) -> Iterator[Controller]:
    for container in sequence(at(deployment, "spec", "template", "spec", "containers")):
        image = str(at(container, "image") or "")
        repository, tag = _parts(image)
        if not re.search(pattern, f"/{repository}"):
            continue
        metadata = deployment["metadata"]
        said = at(metadata, "labels", _VERSION_LABEL) or at(
            deployment, "spec", "template", "metadata", "labels", _VERSION_LABEL
        )
        form = _VERSION.fullmatch(tag) or _VERSION.fullmatch(str(said or ""))
        words = [*sequence(at(container, "command")), *sequence(at(container, "args"))]
        yield Controller(
            str(metadata.get("namespace", "")),
            str(metadata["name"]),
            image,
            f"{form[1]}.{form[2]}" if form else None,
            bool(at(deployment, "status", "availableReplicas") or at(deployment, "status", "readyReplicas")),
            tuple(map(str, words)),
        )
        return


def _parts(image: str) -> tuple[str, str]:
    """The repository and the tag of an image."""
    name = image.partition("@")[0]
    head, _, tail = name.rpartition("/")
    last, _, tag = tail.partition(":")
    return (f"{head}/{last}" if head else last), tag
