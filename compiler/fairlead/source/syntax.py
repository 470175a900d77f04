"""libyaml's complaints in plain words.

libyaml says what its state machine met, not what the writer did. The cases that people really run into are told apart
here, from its message and from the text around; the rest keeps libyaml's own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from fairlead.source.characters import Lines
from fairlead.source.diagnostics import Code, Diagnostic, Related

SYNTAX: Final = Code(
    "FL1007",
    "YAML syntax error",
    """
    The file is not well-formed YAML, and nothing behind this place was read. Fix it first: other mistakes show
    afterwards.

    The usual causes, and their mends:

    | wrong | right | because |
    |---|---|---|
    | `note: it's: late` | `note: "it's: late"` | a colon before a space begins a value |
    | `image: @sha256` | `image: "@sha256"` | `@` and the grave accent begin no plain text |
    | `when: {a: 1` | `when: {a: 1}` | a bracket has to be closed |
    | `name: "x` | `name: "x"` | a quote has to be closed |
    | `path: "C:\\data"` | `path: 'C:\\data'` | in double quotes a backslash begins an escape |

    Keys of one mapping stand in the same column:

    ```yaml
    serving:
      timeout: 10s
     replicas: {min: 2}      # wrong: one column too far left
    ```

    ```yaml
    serving:
      timeout: 10s
      replicas: {min: 2}
    ```
    """,
)

TAB: Final = Code(
    "FL1008",
    "tab in the indentation",
    """
    A tab stands where YAML wants spaces. How wide a tab is depends on who looks at it, and so YAML does not allow one
    in what decides about nesting.

    Wrong, with a tab for `→`:

    ```
    serving:
    →timeout: 10s
    ```

    Right:

    ```yaml
    serving:
      timeout: 10s
    ```

    `expand -t 2 FILE` replaces tabs; an `.editorconfig` with `indent_style = space` keeps them away.
    """,
)

_LINE_END: Final = re.compile(r"[\r\n]")
_CONFLICT: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?:[ \r]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What to say: where (offset and length in the text), what, and what to do."""

    offset: int
    length: int
    message: str
    help: str
    related: tuple[Related, ...] = ()


def syntax_error(lines: Lines, error: Any) -> Diagnostic:
    """The diagnostic for an error that ruamel.yaml's `CParser` raised while it read `lines`."""
    conflict = _CONFLICT.search(lines.text)
    if conflict is not None:
        message = "a merge conflict is not resolved here"
        help_ = "choose a side and remove the markers"
        if lines.file.endswith(".lock.yaml"):
            # What Git merged elsewhere in the file belongs to another version than the side that is chosen here.
            help_ = f"take all of it from one side: `git checkout --ours -- {lines.file}`, or `--theirs`; then compile"
        return _diagnostic(lines, _Finding(conflict.start(), 7, message, help_))
    problem = str(getattr(error, "problem", None) or error).strip()
    context = str(getattr(error, "context", None) or "")
    at = _offset(lines, getattr(error, "problem_mark", None))
    since = _offset(lines, getattr(error, "context_mark", None), at)
    if lines.text[at : at + 1] == "\t" and ("tab" in problem or "cannot start any token" in problem):
        place = lines.span(at, at + 1)
        return Diagnostic(TAB, place, "a tab stands where only spaces may indent", "replace the tab by spaces")
    finding = _common(lines, problem, at, since) or _other(problem, context, at)
    return _diagnostic(lines, finding)


def _diagnostic(lines: Lines, finding: _Finding) -> Diagnostic:
    start = min(finding.offset, len(lines.text))
    # libyaml may complain about the end of a line, where there is no character that could be shown.
    line_end = _LINE_END.search(lines.text, start)
    end = min(start + finding.length, line_end.start() if line_end else len(lines.text))
    return Diagnostic(SYNTAX, lines.span(start, end), finding.message, finding.help, None, finding.related)


def _offset(lines: Lines, mark: Any, default: int = 0) -> int:
    return min(mark.index, len(lines.text)) if mark is not None else default


def _common(lines: Lines, problem: str, at: int, since: int) -> _Finding | None:
    text = lines.text
    if "unexpected end of stream" in problem or "unexpected document indicator" in problem:
        quote = text[since : since + 1]
        return _Finding(since, 1, f"the quote {quote} that opens here is never closed", f"close it with {quote}")
    if "cannot start any token" in problem:
        character = text[at : at + 1]
        return _Finding(at, 1, f"the character {character} can't begin a plain value", "put the value into quotes")
    if "unknown escape" in problem or "invalid Unicode character" in problem or "hexdecimal" in problem:
        begin = max(since, text.rfind("\\", 0, at + 1))
        escape = _escape(text, begin)
        message = f"`{escape}` is no escape that YAML knows"
        help_ = "double the backslash, or use single quotes, which know no escapes"
        if escape[:3].lower() == "\\ud" and len(escape) == 6:
            message = f"`{escape}` is half of a character, as JSON writes it"
            help_ = "write the character itself, or \\U and its eight digits"
        return _Finding(begin, len(escape), message, help_)
    if "alphabetic or numeric character" in problem:
        message = f"`{text[since : since + 1]}` begins an anchor or an alias, and no name follows"
        return _Finding(since, 1, message, "quote the value if it is text")
    if "expected ',' or" in problem:
        return _unclosed(lines, problem, at, since)
    if "mapping values are not allowed" in problem or "unexpected ':'" in problem:
        message = "a colon stands where no key can end"
        help_ = "quote the text if the colon belongs to it; else the indentation of this or the line above is wrong"
        return _Finding(at, 1, message, help_)
    if "could not find expected ':'" in problem:
        length = _rest_of_line(text, since)
        return _Finding(since, length, "this line is neither a key nor a value", "add the colon that is missing")
    return _in_block(text, problem, at)


def _in_block(text: str, problem: str, at: int) -> _Finding | None:
    """Errors that libyaml reports because a token does not fit where a block wants its next key or item."""
    length = _rest_of_line(text, at)
    first = not text[text.rfind("\n", 0, at) + 1 : at].strip()
    if "block sequence entries are not allowed" in problem:
        return _Finding(at, 1, "a list can't begin on the line of its key", "begin it on the next line")
    if "expected <document start>" in problem:
        message = "the document has ended, and this is more text"
        return _Finding(at, length, message, "remove it, or check the brackets and the indentation above")
    if "expected key" in problem and first and text[at : at + 1] not in {"}", "]", ":"}:
        message = "the indentation fits no mapping above"
        return _Finding(at, length, message, "align the line with the keys that it belongs to")
    if "expected '-' indicator" in problem and first:
        message = "this line stands at the level of a list's items, but is none"
        return _Finding(at, length, message, "begin it with `- `, or indent it as the mapping that it belongs to")
    if "expected key" in problem or "expected '-' indicator" in problem or "expected node content" in problem:
        if at >= len(text.rstrip()):
            return _Finding(at, 0, "the file ends where a value is expected", "complete it")
        shown = text[at : at + 1]
        help_ = "put the whole value into quotes if this belongs to it, else remove it"
        return _Finding(at, length, f"`{shown}` is not expected here", help_)
    return None


def _unclosed(lines: Lines, problem: str, at: int, since: int) -> _Finding:
    closing = "]" if "']'" in problem else "}"
    opening = "[" if closing == "]" else "{"
    if at >= len(lines.text.rstrip()):
        return _Finding(since, 1, f"the `{opening}` that opens here is never closed", f"close it with `{closing}`")
    related = (Related(lines.span(since, since + 1), f"the `{opening}` that is still open"),)
    return _Finding(at, 1, f"`,` or `{closing}` is expected here", "separate the items, or close the bracket", related)


def _other(problem: str, context: str, at: int) -> _Finding:
    words = f"{problem} {context}".strip()
    return _Finding(at, 1, f"YAML can't be read here: {words}", "see the usual causes in the code's explanation")


def _escape(text: str, at: int) -> str:
    found = re.compile(r"\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)?").match(text, at)
    return found.group() if found else text[at : at + 1]


def _rest_of_line(text: str, start: int) -> int:
    found = re.compile(r"[^\r\n]*").match(text, start)
    return len(found.group().rstrip()) if found else 0
