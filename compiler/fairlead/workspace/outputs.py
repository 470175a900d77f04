"""The output folder apart from what is compiled: what Fairlead removes and what people write never lie together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from fairlead.output.inventory import path_problem
from fairlead.project.model import Project
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import Mapping, place_of


def output_findings(
    project: Project, root: Mapping, files: Iterable[str], folders: Iterable[str]
) -> Iterator[Diagnostic]:
    """What is wrong with `output` of fairlead.yaml, whose content is `root`."""
    problem = output_problem(PurePosixPath(project.output), project, files, folders)
    if problem is not None:
        from fairlead.output.claims import OUTSIDE

        message = f"the output folder `{project.output}` {problem}"
        yield Diagnostic(OUTSIDE, place_of(root, ("output",)), message, "name a folder that holds nothing else")


def output_problem(output: PurePosixPath, project: Project, files: Iterable[str], folders: Iterable[str]) -> str | None:
    """Why generated files can't lie in `output`, relative to the project; None where they can.

    `files` are the specifications, and `folders` those of the training code.
    """
    if not output.parts:
        return "is the project itself"
    if output.parts[0].casefold() == ".github":
        return "lies in .github, whose files have meanings of their own"
    if problem := path_problem(f"{output}/x"):
        return problem
    crds = project.platform.crds
    for what, place in (
        *((f"holds the specification {file}", file) for file in files),
        *((f"meets the code in {folder}", folder) for folder in sorted(set(folders))),
        *((f"meets the CRDs in {folder}", folder) for folder in ([str(crds)] if crds else [])),
    ):
        path = PurePosixPath(place)
        if path.is_relative_to(output) or output.is_relative_to(path):
            return what
    for pattern in project.specs:
        if _can_match(PurePosixPath(pattern).parts, output.parts):
            return f"lies where specifications are looked for, with `{pattern}`"
    return None


def _can_match(pattern: tuple[str, ...], output: tuple[str, ...]) -> bool:
    """Whether a pattern of specifications reaches a file in a folder of the output."""
    for number, part in enumerate(pattern):
        if part == "**":
            return True
        if number == len(output):
            # A generated file lies in a folder of its environment at least.
            return len(pattern) - number > 1
        if not fnmatchcase(output[number], part):
            return False
    return False
