r"""Carrying text that a user wrote through Argo Workflows and Kubernetes unchanged.

Argo pastes values between double braces into a template, wherever in it they stand, and offers no escape (issues 8253
and 12634): so no template may contain two braces that a user wrote. Kubernetes, for its part, expands `$(NAME)` in
arguments and in the values of variables, and has an escape: `$$`. Both are dealt with where a value enters a manifest:

- in an argument or a variable, each of two adjacent braces becomes `$(FAIRLEAD_BRACE)`, which Kubernetes expands after
  Argo has done its work;
- in JSON, braces and dollar signs inside strings become `\u007b` and `\u0024`, which every reader of JSON
  understands. The executor receives its template in a variable, so dollar signs would be expanded there, too.
"""

from __future__ import annotations

from typing import Final

BRACE: Final = "FAIRLEAD_BRACE"
"""The variable that holds an opening brace. It stands before every variable that uses it."""
_REFERENCE: Final = f"$({BRACE})"


def literal(text: str) -> str:
    """`text`, for an argument or a variable's value: what the process finds is `text` again."""
    if "$(" in text or "$$" in text or "{{" in text:
        text = text.replace("$", "$$")
    return text.replace("{{", _REFERENCE * 2)


def needs_brace(*texts: str) -> bool:
    """Whether one of these, as `literal` returned it, refers to the variable of the brace."""
    return any(_REFERENCE in text for text in texts)


def inert_json(text: str) -> str:
    """JSON text with nothing in it that Argo or Kubernetes would expand.

    Outside of strings, JSON has neither dollar signs nor two opening braces side by side, so what is replaced is in a
    string; and as neither character is ever part of an escape sequence, the string keeps its meaning.
    """
    return text.replace("{{", "\\u007b\\u007b").replace("$", "\\u0024")
