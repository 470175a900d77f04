"""The ids of a page: what a link names stays the same as long as the thing is called the same."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Final

_OTHER: Final = re.compile(r"[^A-Za-z0-9_.-]+")
MOST: Final = 96


class Anchors:
    """Gives ids, each once."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, *words: str | None) -> str:
        """The id for what `words` name; the second thing of one name gets a number.

        Two names never share an id by what their spelling loses: where letters have to go, a digest stands for them.
        """
        named = [word.replace("/", ".") for word in words if word]
        text = "/".join(_OTHER.sub("-", word).strip("-") for word in named)
        exact = "/".join(named)
        if text != exact or len(text) > MOST:
            digest = hashlib.sha256("\0".join(named).encode("utf-8", "surrogatepass")).hexdigest()[:8]
            text = f"{text[:MOST]}-{digest}"
        self._given[text] += 1
        again = self._given[text]
        return text if again == 1 else f"{text}~{again}"
