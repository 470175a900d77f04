"""The style sheet: light by default, dark where the viewer asks for it.

Colours are written out for both and not as CSS variables, which some programs that render SVG don't know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fairlead.plan.draw.palette import Tone

FONT: Final = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
SHAPES: Final = (
    f"text{{font-family:{FONT}}}"
    ".card{stroke-width:1.3}"
    ".waits{stroke-dasharray:6 4}"
    ".icon{fill:none;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}"
    ".way{fill:none;stroke-width:1.6;opacity:.8}"
    ".optional{stroke-dasharray:2 4}"
    ".loop{stroke-width:2.4;stroke-dasharray:9 6;opacity:1}"
    ".commit{stroke-width:3.2;opacity:1}"
    ".border{stroke-width:1.6;stroke-dasharray:3 5}"
    ".name{font-size:30px;font-weight:700;letter-spacing:-.4px}"
    ".about{font-size:14px}"
    ".lane-name{font-size:11.5px;font-weight:700;letter-spacing:1.6px}"
    ".kind{font-size:9.5px;font-weight:700;letter-spacing:.9px}"
    ".title{font-size:13px;font-weight:650}"
    ".line,.port{font-size:11px}"
    ".port{text-anchor:end}"
    ".left{text-anchor:start}"
    ".note{font-size:12.5px;font-style:italic}"
    ".legend{font-size:11.5px}"
    ".middle{text-anchor:middle}"
)
LIGHT: Final = {
    "ground": "#ffffff",
    "lane": "#f7f8fa",
    "edge": "#dfe3e8",
    "ink": "#1b1f24",
    "soft": "#56606b",
    "amber": "#8a4b00",
}
DARK: Final = {
    "ground": "#0e1116",
    "lane": "#151a21",
    "edge": "#2a323c",
    "ink": "#eef2f6",
    "soft": "#a8b3bf",
    "amber": "#f2b866",
}


def style(tones: Iterable[Tone]) -> str:
    """The style sheet for the tones that a drawing uses."""
    tones = list(tones)
    light = _theme(LIGHT) + "".join(_tone(tone.name, tone.fill, tone.line, tone.text) for tone in tones)
    dark = _theme(DARK) + "".join(_tone(tone.name, tone.dark_fill, tone.dark_line, tone.dark_text) for tone in tones)
    return f"{SHAPES}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def paired(tones: Iterable[Tone]) -> str:
    """The same with each colour as the pair of both, for a page whose `color-scheme` chooses."""
    both = {name: _pair(colour, DARK[name]) for name, colour in LIGHT.items()}
    families = (
        _tone(
            tone.name,
            _pair(tone.fill, tone.dark_fill),
            _pair(tone.line, tone.dark_line),
            _pair(tone.text, tone.dark_text),
        )
        for tone in tones
    )
    return f"{SHAPES}{_theme(both)}{''.join(families)}"


def _pair(light: str, dark: str) -> str:
    return f"light-dark({light},{dark})"


def _theme(colours: dict[str, str]) -> str:
    return (
        f".ground{{fill:{colours['ground']}}}"
        f".lane{{fill:{colours['lane']};stroke:{colours['edge']}}}"
        f".name,.note{{fill:{colours['ink']}}}"
        f".about,.legend{{fill:{colours['soft']}}}"
        f".amber{{fill:{colours['amber']}}}"
    )


def _tone(name: str, fill: str, line: str, text: str) -> str:
    """A family's classes: `f-` is its card, `l-` its lines, `a-` what is filled in its accent, `t-` its text."""
    card = f".f-{name}{{fill:{fill};stroke:{line}}}"
    return f"{card}.l-{name}{{stroke:{line}}}.a-{name}{{fill:{line}}}.t-{name}{{fill:{text}}}"
