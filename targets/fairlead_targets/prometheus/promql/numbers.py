"""Numbers as PromQL literals: exact decimals, and never a float's rounding error."""

from __future__ import annotations

from decimal import Decimal, localcontext

from fairlead.spec.units.base import decimal_text

_PRECISION = 60
"""More digits than a percentage and a burn rate can have, so that their product is exact."""


def number(value: Decimal | int) -> str:
    """`value` without exponent: 0.001, and never 0.0009999999 or 1E-3. Raises ValueError for what is not finite."""
    exact = Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value} has no place in a rule")
    with localcontext() as context:
        context.prec = _PRECISION
        return decimal_text(exact)


def product(*factors: Decimal | int) -> Decimal:
    """The product of all factors, exact."""
    with localcontext() as context:
        context.prec = _PRECISION
        result = Decimal(1)
        for factor in factors:
            result *= factor
        return result


def rounded(value: Decimal, digits: int = 4) -> Decimal:
    """`value` to so many significant digits: a burn rate of 13.44 where a division has no end."""
    with localcontext() as context:
        context.prec = digits
        return +value
