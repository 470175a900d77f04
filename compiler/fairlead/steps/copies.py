"""What `fetch` and `upload` copy: inputs and outputs of one name, of which one is a URI."""

from __future__ import annotations

from typing import Final

from fairlead.plan import contract
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure

_INPUT: Final = contract.input_variable("")
_OUTPUT: Final = contract.output_variable("")


def copies(context: Context) -> list[tuple[str, str, str]]:
    """The names, as variables have them, each with where it is and where it goes, in order.

    Raises StepFailure where there are none, or an input has no output.
    """
    names = sorted(name.removeprefix(_INPUT) for name in context.environ if name.startswith(_INPUT))
    if not names:
        raise StepFailure("there is nothing to copy: no input is given", "run the step from a compiled workflow")
    return [(name, context.required(_INPUT + name), context.required(_OUTPUT + name)) for name in names]
