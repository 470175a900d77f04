"""Where in a file something stands."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of text in one file.

    Lines and columns count from 1; columns count characters, not bytes. The end is exclusive, so an empty span has
    its end at its start. `file` is relative to the project's root, with forward slashes.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def start_of(cls, file: str) -> Place:
        """The first character of `file`, for what concerns the file as a whole."""
        return cls(file, 1, 1, 1, 1)

    def within(self, offset: int, length: int) -> Place:
        """The span `length` characters long that starts `offset` characters into this one.

        Only meaningful for a span on one line, as an expression in a plain scalar is; a span over several lines is
        returned whole, because an offset into it says nothing about its lines.
        """
        if self.line != self.end_line:
            return self
        start = self.column + offset
        return replace(self, column=start, end_column=max(start, min(start + length, self.end_column)))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
