"""A page as a parser sees it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "input", "use", "path", "rect", "circle"}


class Page(HTMLParser):
    """The structure of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.structure: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.raw: dict[str, str] = {}
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.structure.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.structure.append((f"/{tag}", ()))
        self._inside = ""

    def handle_comment(self, data: str) -> None:
        self.structure.append(("comment", ()))

    def handle_data(self, data: str) -> None:
        if self._inside in ("style", "script"):
            self.raw[self._inside] = data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]
