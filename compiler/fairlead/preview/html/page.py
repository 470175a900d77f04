"""The page: the template, filled; and what it may do, said by the page itself."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from fairlead.plan.draw.svg import figure_style
from fairlead.preview.html.entries import entries_of
from fairlead.preview.html.texts import between, counted, difference, money, seen, ticked
from fairlead.preview.model import Change, Preview, Severity, Standing

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER: Final = "fairlead.preview.html"
SEVERITIES: Final = {
    Severity.DESTROYS: "destroyed or replaced",
    Severity.RISK: "at risk",
    Severity.BEHAVIOUR: "behaves differently",
    Severity.NOTICE: "worth knowing",
}
SIGNS: Final = {
    Change.ADDED: "+",
    Change.REMOVED: "\N{MINUS SIGN}",
    Change.CHANGED: "\N{NOT EQUAL TO}",
    Change.REPLACED: "\N{CLOCKWISE OPEN CIRCLE ARROW}",
    Change.REWRITTEN: "\N{ALMOST EQUAL TO}",
    Change.SAME: "=",
}


def render_html(preview: Preview) -> str:
    """The whole page. Equal previews give equal bytes.

    Every text of the preview goes through `seen` and is escaped where it is written, so what a specification says can
    neither become part of the page's structure nor hide from its reader.
    """
    style, script = _file("page.css") + figure_style(), _file("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    template = _environment().get_template("page.html.j2")
    return template.render(shown=entries_of(preview), preview=preview, style=style, script=script, policy=policy)


def _hash(text: str) -> str:
    """What allows exactly this text: see Content Security Policy Level 3, section 6.7.3.3."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _file(name: str) -> str:
    return (files(_FOLDER) / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        return value if hasattr(value, "__html__") else seen(str(value))

    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(between=between, money=money, seen=seen, ticked=ticked)
    environment.globals.update(
        counted=counted,
        difference=difference,
        severities=SEVERITIES,
        signs=SIGNS,
        Change=Change,
        Severity=Severity,
        Standing=Standing,
        ours=Markup,
    )
    return environment
