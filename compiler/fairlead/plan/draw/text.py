"""A plan as a tree for a terminal: stages, their nodes, and where each thing goes. Readable without colour."""

from __future__ import annotations

from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Final

from fairlead.plan.draw.drawing import LOCK_ID, Drawing, Flow, Kind, Link, Vertex, drawing
from fairlead.plan.draw.plain import plain
from fairlead.plan.plan import Plan

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

WIDTH: Final = 120
STYLES: Final = {
    Flow.ARTIFACT: "",
    Flow.COMMIT: "bold magenta",
    Flow.CALL: "cyan",
    Flow.LOOP: "bold blue",
}
MARKS: Final = {Flow.ARTIFACT: "→", Flow.COMMIT: "⇒", Flow.CALL: "⇢", Flow.LOOP: "↻"}


def render_text(plan: Plan, *, width: int = WIDTH, color: bool = False) -> str:
    """The tree of a plan, lines wrapped at `width` columns; `color` adds ANSI escapes and nothing else."""
    from rich.console import Console

    shown = drawing(plan)
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(_tree(shown))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(lines).rstrip("\n") + "\n"


def _text(*parts: tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*((plain_keeping_ends(text), style) for text, style in parts if text))


def plain_keeping_ends(text: str) -> str:
    """`plain`, with the blanks at both ends that separate one part of a line from the next."""
    inner = plain(text)
    if not inner:
        return " "
    return " " * (len(text) - len(text.lstrip(" "))) + inner + " " * (len(text) - len(text.rstrip(" ")))


def _tree(shown: Drawing) -> Tree:
    from rich.tree import Tree

    tree = Tree(_text((shown.name, "bold"), (f" in {shown.environment}", ""), (f", of {shown.owner}", "dim")))
    if not shown.vertices:
        tree.add(_text(("nothing happens here: training is in another environment, and nothing is served", "dim")))
    for stage, vertices in shown.stages():
        branch = tree.add(_text((stage.value, "bold cyan")))
        for vertex in vertices:
            _add(branch, shown, vertex)
    return tree


def _add(branch: Tree, shown: Drawing, vertex: Vertex) -> None:
    if vertex.id == LOCK_ID:
        branch.add(_text(("── commit ── below this line runs what Git says ──", "magenta")))
    style = "dim" if vertex.kind in (Kind.ENVIRONMENT, Kind.MEMBER) else "bold"
    title = "" if vertex.title == vertex.id else f"  {vertex.title}"
    node = branch.add(_text((vertex.id, style), (title, "")))
    for line in vertex.details:
        node.add(_text((line, "dim")))
    if vertex.waits:
        node.add(_text((f"waits, {vertex.waits.reason}: {vertex.waits.detail}", "yellow")))
    for artifact in vertex.gives:
        links = shown.readers(vertex.id, artifact.id)
        if not links:
            node.add(_text((f"{artifact.id} ", ""), ("(read by nothing here)", "dim")))
    outgoing = [link for link in shown.links if link.giver == vertex.id]
    for (flow, label, why), ways in groupby(outgoing_in_order(outgoing), key=_group):
        node.add(_way(flow, label, why, list(ways)))


def outgoing_in_order(links: list[Link]) -> list[Link]:
    """Ways of one artifact side by side, in the order in which the artifacts first occur."""
    first: dict[tuple[Flow, str, str], int] = {}
    for position, link in enumerate(links):
        first.setdefault(_group(link), position)
    return sorted(links, key=lambda link: first[_group(link)])


def _group(link: Link) -> tuple[Flow, str, str]:
    return link.flow, link.label, link.why


def _way(flow: Flow, label: str, why: str, links: list[Link]) -> Text:
    readers = ", ".join(f"{link.reader}{_manner(link)}" for link in links)
    return _text(
        (f"{label} {MARKS[flow]} ", STYLES[flow]), (readers, STYLES[flow]), (f"  ({why})" if why else "", "dim")
    )


def _manner(link: Link) -> str:
    manner = [word for word, holds in (("optional", link.optional), ("by reference", link.by_reference)) if holds]
    return f" ({', '.join(manner)})" if manner else ""
