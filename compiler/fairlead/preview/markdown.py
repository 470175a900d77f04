"""The preview as Markdown for GitHub: a comment, or the summary of a run.

It is never longer than the limit, in bytes of UTF-8. What does not fit is left out whole, the differences of files
first and the effects last, and the page says what that was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from fairlead.plan.draw.details import counted
from fairlead.preview.model import Change, Graph, Preview, Severity
from fairlead.source import markdown as escaping

if TYPE_CHECKING:
    from jinja2 import Environment

COMMENT: Final = 65_536
"""The longest comment that GitHub takes; it counts characters, and bytes are never fewer."""
SUMMARY: Final = 1_048_576
"""The longest summary of a step that GitHub takes, in bytes."""
SMALLEST: Final = 4_000
"""The least limit: what must be there fits into it."""
RESERVE: Final = 1_400
"""Bytes that are kept for saying what was left out."""
FILES: Final = 8
"""Files that a notice names."""
NAMED: Final = (6, 2, 1, 0)
"""Things that were left out and are named: as many as there is room for."""
MARKS: Final = {Severity.DESTROYS: "🟥", Severity.RISK: "🟧", Severity.BEHAVIOUR: "🟦", Severity.NOTICE: "⬜"}
"""How severities look; the legend says what each means."""
LEGEND: Final = (
    "<sub>🟥 destroyed or replaced · 🟧 data or traffic at risk · 🟦 behaves otherwise · ⬜ worth knowing</sub>\n\n"
)
PLURALS: Final = {
    "files": "file",
    "effects": "effect",
    "graphs": "graph",
    "costs": "cost",
    "findings": "finding",
    "notices": "notice",
}


@dataclass
class Section:
    """Some blocks under one heading. A block is shown whole or not at all."""

    priority: int
    """Sections of a lower number are given room first."""
    what: str
    """What its blocks are, for saying that some are missing."""
    before: str
    blocks: list[tuple[str, str]] = field(default_factory=list)
    """Each block, and what it is about."""
    after: str = "\n"
    shown: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is shown of it; nothing where no block fits."""
        return f"{self.before}{''.join(self.shown)}{self.after}" if self.shown else ""


def marker(project: str | None) -> str:
    """The first line, which nobody sees: by it, the comment that is to be edited is found again, one for a project."""
    return f"<!-- fairlead:preview:{project} -->" if project else "<!-- fairlead:preview -->"


def render_markdown(preview: Preview, limit: int = COMMENT) -> str:
    """The page, at most `limit` bytes long, which is `SMALLEST` at the least. It ends with a newline."""
    write = _macros()
    head = str(write.header(preview, marker(preview.project)))
    sections = list(_sections(preview, write))
    room = max(limit, SMALLEST) - len(head.encode()) - RESERVE
    for section in sorted(sections, key=lambda each: each.priority):
        frame = len((section.before + section.after).encode())
        for text, about in section.blocks:
            size = len(text.encode()) + (0 if section.shown else frame)
            if size <= room:
                section.shown.append(text)
                room -= size
            else:
                section.left.append(about)
    tail = _tail(sections, write)
    return "".join([head, *(section.text for section in sections), tail]).rstrip("\n") + "\n"


def _tail(sections: list[Section], write: Any) -> str:
    """What was left out, in as many words as there is room for."""
    left: dict[str, list[str]] = {}
    for section in sections:
        if section.left:
            left.setdefault(section.what, []).extend(section.left)
    if not left:
        return ""
    texts = (str(write.left([_missing(*each, named) for each in left.items()])) for named in NAMED)
    return next(text for text in texts if len(text.encode()) <= RESERVE)


def _missing(what: str, left: list[str], named: int) -> str:
    names = list(dict.fromkeys(left))
    shown = ", ".join(_cut(name, 60) for name in names[:named])
    more = f" and {len(names) - named} more" if 0 < named < len(names) else ""
    return counted(len(left), PLURALS.get(what, what)) + (f": {shown}{more}" if named else "")


def _sections(preview: Preview, write: Any) -> Iterable[Section]:
    notes = [(str(write.notice(each, FILES)), each.kind) for each in preview.notices]
    yield Section(1, "notices", "", notes, "")
    for title, side in (("It does not compile", preview.head), ("Base does not compile", preview.base)):
        failures = [(str(write.failure(each)), each.code) for each in side.failed]
        yield Section(0, "findings", f"### {title}\n\n", failures)
    for severity, title in ((Severity.DESTROYS, "Destroyed or replaced"), (Severity.RISK, "Data or traffic at risk")):
        blocks = [(str(write.danger(effect, about)), about) for about, effect in preview.together(severity)]
        yield Section(2, "effects", f"### {title}\n\n", blocks)
    if any(part.effects for part in preview.parts):
        yield Section(3, "effects", "### What it does\n\n", [(LEGEND, "legend")], "")
    for part in preview.parts:
        if all(effect.severity is Severity.DESTROYS for effect in part.effects):
            continue
        blocks = [(str(write.effect(effect, MARKS[effect.severity])), part.title) for effect in part.effects]
        yield Section(3, "effects", str(write.part(part)), blocks)
    yield _costs(preview, write)
    yield _graphs(preview, write)
    found = [(str(write.finding(each)), each.code) for each in preview.findings]
    yield Section(4, "findings", "### Findings\n\n", found)
    yield from _files(preview, write)


def _costs(preview: Preview, write: Any) -> Section:
    parts = [part for part in preview.parts if part.cost is not None and part.cost.changes]
    if not parts and any(preview.cost.items):
        same = f"as before: {_range(preview.cost.after)}, for what is shown here\n"
        return Section(4, "costs", "### Cost a month\n\n", [(same, "all")])
    head = "### Cost a month\n\n| | before | after | how |\n| --- | ---: | ---: | --- |\n"
    blocks = [(str(write.cost(part, part.cost)), part.title) for part in parts]
    if len(blocks) > 1:
        cost = preview.cost
        blocks.append((f"| all of these | {_range(cost.before)} | {_range(cost.after)} | |\n", "all"))
    unknown = preview.cost.unknown
    after = "\n" + "".join(f"- in no sum: {escaping.inline(line)}\n" for line in unknown[:FILES]) + "\n"
    return Section(4, "costs", head, blocks, after)


def _graphs(preview: Preview, write: Any) -> Section:
    """Environments that share a picture show it once."""
    titles: dict[str, tuple[list[str], Graph]] = {}
    for part in preview.parts:
        if part.graph is not None:
            titles.setdefault(part.graph.mermaid, ([], part.graph))[0].append(part.title)
    blocks = [(str(write.graph(names, graph)), ", ".join(names)) for names, graph in titles.values()]
    return Section(5, "graphs", "### The life of the model\n\n", blocks)


def _files(preview: Preview, write: Any) -> Iterable[Section]:
    changes = [(part, change) for part in preview.parts for change in part.resources]
    if not changes:
        return
    words = {each: sum(change.change is each for _, change in changes) for each in Change}
    said = ", ".join(f"{count} {each}" for each, count in words.items() if count)
    blocks = [(str(write.resource(change)), change.path) for _, change in changes]
    yield Section(6, "files", f"### Files: {said}\n\n", blocks)


def _range(amounts: tuple[Decimal, Decimal]) -> str:
    least, most = amounts
    return f"{least:,.2f}" if least == most else f"{least:,.2f} to {most:,.2f}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _mermaid(text: str) -> str:
    return escaping.fenced(text, "mermaid")


def _macros() -> Any:
    """The template's macros as functions."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701 - Markdown is no HTML; every value goes through a filter of our own
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return _with_filters(environment).from_string(_template()).module


def _with_filters(environment: Environment) -> Environment:
    filters: dict[str, Callable[..., Any]] = {
        "inline": escaping.inline,
        "code": escaping.code,
        "html": escaping.html,
        "fenced": escaping.fenced,
        "mermaid": _mermaid,
        "range": _range,
        "cut": _cut,
    }
    environment.filters.update(filters)
    return environment


def _template() -> str:
    return files("fairlead.preview").joinpath("templates/markdown.md.j2").read_text(encoding="utf-8")
