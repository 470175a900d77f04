"""Text of the specification made fit for a picture, before any format's own escaping."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)


def plain(text: str) -> str:
    """`text` on one line and with nothing unseen in it.

    Controls are illegal in XML and turn lines of DOT and Mermaid into others, marks of direction let a label read as
    another, and half a surrogate pair is no text: each becomes U+FFFD, and a line break or a tab a space.
    """
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"[\t\r\n\x85\u2028\u2029]+", " ", text)).strip()
