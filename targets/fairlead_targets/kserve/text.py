"""The user's text where KServe or Kubernetes would read it as a program.

KServe's controller runs every container of a ServingRuntime through Go's `text/template` (`ReplacePlaceholders` in
pkg/controller/v1beta1/inferenceservice/utils), and Kubernetes expands `$(NAME)` in what comes out: what a specification
says must reach the process as it was written.
"""

from __future__ import annotations

from fairlead.resources.pods import unexpanded

OPENING = "{{"
QUOTED_OPENING = "{{`{{`}}"
"""An action of `text/template` that prints the opening braces. Backquotes survive the JSON that the template is."""
NAME_PLACEHOLDER = "{{.Name}}"
"""What the catalogue's arguments have where the InferenceService's name goes."""


def literal(text: str) -> str:
    """`text`, for an argument or a variable's value of the server: what the process finds is `text` again."""
    return unexpanded(text).replace(OPENING, QUOTED_OPENING)


def named(text: str, name: str) -> str:
    """One of the catalogue's own arguments, with the service's name in it."""
    return text.replace(NAME_PLACEHOLDER, name)
