"""The history for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.history.model import History
from fairlead.history.telling import approval, facts, people, span
from fairlead.source.render.sources import printable
from fairlead.spec.secrets import masked


def render_text(history: History) -> str:
    """Lines of text, the oldest commit first; nothing in them moves a cursor, and secrets are masked."""
    return "".join(f"{printable(masked(line))}\n" for line in _lines(history))


def _lines(history: History) -> Iterator[str]:
    yield f"{history.pipeline} ({history.file}) up to {history.head[:12]}"
    yield from (f"  note: {note}" for note in history.notes)
    yield ""
    yield "what was served"
    if not history.periods:
        yield "  nothing that is known here"
    for period in history.periods:
        run = f", run {period.version.run}" if period.version.run else ""
        yield f"  {period.environment}: version {period.version.version}{run}"
        yield f"    {span(period)}"
    for entry in history.entries:
        made = entry.made
        yield ""
        yield f"{made.committed}  {made.commit[:12]}  {made.subject}"
        for happening in entry.happenings:
            yield f"  * {f'{happening.environment}: ' if happening.environment else ''}{happening.message}"
            if happening.version is not None:
                yield from (f"      {name}: {value}" for name, value in facts(happening.version))
        yield f"  {approval(entry)}"
        yield from (f"    {sentence}" for sentence in people(made))
        for brought in entry.merged:
            yield f"    {brought.commit[:12]}  {brought.subject}"
            yield from (f"      {sentence}" for sentence in people(brought))
