"""The user's text where KServe would read it as a program.

KServe's controller runs every container of a ServingRuntime through Go's `text/template` (`ReplacePlaceholders` in
pkg/controller/v1beta1/inferenceservice/utils): what a specification says must come out of it as it went in.
"""

from __future__ import annotations

OPENING = "{{"
QUOTED_OPENING = "{{`{{`}}"
"""An action of `text/template` that prints the opening braces. Backquotes survive the JSON that the template is."""
NAME_PLACEHOLDER = "{{.Name}}"
"""What the catalogue's arguments have where the InferenceService's name goes."""


def literal(text: str) -> str:
    """`text` as a template that prints it."""
    return text.replace(OPENING, QUOTED_OPENING)


def named(text: str, name: str) -> str:
    """One of the catalogue's own arguments, with the service's name in it."""
    return text.replace(NAME_PLACEHOLDER, name)
