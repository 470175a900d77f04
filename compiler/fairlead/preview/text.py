"""The preview for a terminal: lines, each with the name of a look that a terminal may give it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from fairlead.plan.draw.details import counted
from fairlead.preview.model import Change, Effect, Finding, FindingChange, Part, Preview, Severity
from fairlead.source.places import Place
from fairlead.source.render.sources import printable

SIGNS: Final = {Severity.DESTROYS: "✗", Severity.RISK: "!", Severity.BEHAVIOUR: "~", Severity.NOTICE: "·"}
"""What stands before an effect."""
LOOKS: Final = {
    Severity.DESTROYS: "bold red",
    Severity.RISK: "yellow",
    Severity.BEHAVIOUR: "cyan",
    Severity.NOTICE: "bright_black",
}
FILES: Final = 8
"""Files that a notice names."""


class Line(NamedTuple):
    """A line, and how it looks where there is colour."""

    text: str = ""
    look: str = ""


def render_text(preview: Preview, *, diff: bool = False) -> str:
    """The page as plain text. With `diff`, every difference of a file is in it."""
    return "".join(f"{line.text}\n" for line in lines(preview, diff=diff))


def lines(preview: Preview, *, diff: bool = False) -> Iterator[Line]:
    """The page, line by line, without characters that a terminal would obey."""
    for line in _page(preview, diff=diff):
        yield Line(printable(line.text), line.look)


def _page(preview: Preview, *, diff: bool) -> Iterator[Line]:
    yield Line(f"{preview.head.title} compared with {preview.base.title}", "bright_black")
    yield Line(preview.verdict, "bold")
    for notice in preview.notices:
        yield Line()
        yield Line(f"note: {notice.message}", "yellow")
        if notice.files:
            more = len(notice.files) - FILES
            yield Line(f"  {', '.join(notice.files[:FILES])}" + (f" and {more} more" if more > 0 else ""))
        if notice.help:
            yield Line(f"  {notice.help}")
    for title, side in (("does not compile", preview.head), ("base does not compile", preview.base)):
        if side.failed:
            yield Line()
            yield Line(title, "bold red")
            for found in side.failed:
                yield from _failure(found)
    for severity, title in ((Severity.DESTROYS, "destroyed or replaced"), (Severity.RISK, "data or traffic at risk")):
        yield from _danger(preview, severity, title)
    for part in preview.parts:
        if part.effects:
            yield Line()
            yield from _part(part)
    yield from _costs(preview)
    if preview.findings:
        yield Line()
        yield Line("findings", "bold")
        for change in preview.findings:
            yield from _finding(change)
    yield from _files(preview, diff=diff)


def _danger(preview: Preview, severity: Severity, title: str) -> Iterator[Line]:
    found = preview.together(severity)
    if not found:
        return
    yield Line()
    yield Line(title, LOOKS[severity])
    for about, effect in found:
        yield Line(f"  {about}: {effect.message}")
        yield from (Line(f"      {why}", "bright_black") for why in effect.why)


def _part(part: Part) -> Iterator[Line]:
    words = {Change.ADDED: " (new)", Change.REMOVED: " (removed)"}
    renamed = f" (before {part.renamed_from})" if part.renamed_from else words.get(part.change, "")
    yield Line(f"{part.title}{renamed}", "bold")
    for effect in part.effects:
        yield Line(f"  {SIGNS[effect.severity]} {effect.message}{_at(effect)}", LOOKS[effect.severity])
        if effect.severity in (Severity.BEHAVIOUR, Severity.NOTICE):
            yield from (Line(f"      {why}", "bright_black") for why in effect.why)


def _at(effect: Effect) -> str:
    if effect.place is None:
        return ""
    return f"  [{_place(effect.place)}{' in base' if effect.in_base else ''}]"


def _place(place: Place) -> str:
    return f"{place.file}:{place.line}"


def _costs(preview: Preview) -> Iterator[Line]:
    costs = [(part.title, part.cost) for part in preview.parts if part.cost is not None and part.cost.items]
    if not costs:
        return
    yield Line()
    yield Line("cost a month", "bold")
    for title, cost in costs:
        if not cost.changes:
            yield Line(f"  {title}: as before, {_range(cost.after)}")
            continue
        yield Line(f"  {title}: {_range(cost.before)} -> {_range(cost.after)}")
        for item in cost.items:
            known = item.after or item.before
            if known is not None:
                yield Line(f"      {item.name}: {known.how}", "bright_black")
    for line in preview.cost.unknown:
        yield Line(f"  in no sum: {line}", "bright_black")


def _range(amounts: tuple[Decimal, Decimal]) -> str:
    least, most = amounts
    return f"{least:,.2f}" if least == most else f"{least:,.2f} to {most:,.2f}"


def _finding(change: FindingChange) -> Iterator[Line]:
    policy = f" ({change.policy})" if change.policy else ""
    yield Line(
        f"  {change.standing}: {change.severity} {change.code}{policy}: {change.message}  [{_place(change.place)}]"
    )
    if change.reason is not None:
        yield Line(f"      until {change.until}: {change.reason}", "bright_black")


def _failure(found: Finding) -> Iterator[Line]:
    yield Line(f"  {found.severity} {found.code}: {found.message}  [{_place(found.place)}]")
    if found.help:
        yield Line(f"      {found.help}", "bright_black")


def _files(preview: Preview, *, diff: bool) -> Iterator[Line]:
    changes = [change for part in preview.parts for change in part.resources]
    if not changes:
        return
    yield Line()
    yield Line(counted(len(changes), "file") + ("" if diff else "; --diff shows what differs in them"), "bold")
    if not diff:
        folders = Counter((change.change, "/".join(change.path.split("/")[:-1][:3])) for change in changes)
        for (word, folder), count in folders.items():
            yield Line(f"  {count:4d} {word}  {folder}/")
        return
    for change in changes:
        moved = f" (was {change.path_before})" if change.path_before else ""
        yield Line(f"  {change.change}: {change.path}{moved}")
        for line in change.diff.splitlines():
            yield Line(f"    {line}", {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], ""))
