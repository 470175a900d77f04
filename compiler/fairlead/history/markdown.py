"""The history as Markdown, as for an audit's file or a ticket."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.history.model import Entry, History
from fairlead.history.telling import approval, facts, people, span
from fairlead.source.markdown import code, inline
from fairlead.spec.secrets import masked


def render_markdown(history: History) -> str:
    """Markdown in which no text of a commit or a file means anything, secrets masked."""
    return "\n".join([*_lines(history), ""])


def _lines(history: History) -> Iterator[str]:
    yield f"# History of {_code(history.pipeline)}"
    yield ""
    yield f"From {_code(history.file)} up to {_code(history.head)}."
    yield ""
    yield from (f"- {_inline(note)}" for note in history.notes)
    yield ""
    yield "## What was served"
    yield ""
    if history.periods:
        yield "| environment | version | run | time |"
        yield "|---|---|---|---|"
    else:
        yield "Nothing that is known here."
    for period in history.periods:
        run = _cell(period.version.run) if period.version.run else ""
        yield f"| {_inline(period.environment)} | {period.version.version} | {run} | {_inline(span(period))} |"
    yield ""
    yield "## Commits"
    for entry in history.entries:
        yield ""
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    made = entry.made
    yield f"### {_inline(made.committed)} {_code(made.commit[:12])} {_inline(made.subject)}"
    yield ""
    for happening in entry.happenings:
        where = f"**{_inline(happening.environment)}**: " if happening.environment else ""
        yield f"- {where}{_inline(happening.message)}"
        if happening.version is not None:
            yield from (f"  - {_inline(name)}: {_inline(value)}" for name, value in facts(happening.version))
    yield f"- {_inline(approval(entry))}"
    yield from (f"  - {_inline(sentence)}" for sentence in people(made))
    for brought in entry.merged:
        yield f"  - {_code(brought.commit[:12])} {_inline(brought.subject)}"
        yield from (f"    - {_inline(sentence)}" for sentence in people(brought))


def _inline(text: str) -> str:
    return inline(masked(text))


def _code(text: str) -> str:
    return code(masked(text))


def _cell(text: str) -> str:
    # GitHub ends a cell at a bar inside of code, too, so there is no code in one.
    return _inline(text.replace("`", "'"))
