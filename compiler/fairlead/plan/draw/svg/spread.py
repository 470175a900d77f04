"""Moving items of one column as little as possible so that none touches another.

Weighted least squares with a least distance between neighbours is isotonic regression after a shift of the coordinates,
and the pool-adjacent-violators algorithm (Ayer and others 1955) solves that exactly, in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], weights: Sequence[float], distances: Sequence[float]) -> list[float]:
    """Positions as near to `wanted` as `distances` allow; `distances[i]` is the least from item i to item i + 1."""
    shifts = [0.0]
    for distance in distances:
        shifts.append(shifts[-1] + distance)
    blocks: list[tuple[float, float, int]] = []
    for want, weight, shift in zip(wanted, weights, shifts, strict=True):
        mean, total, count = want - shift, weight, 1
        while blocks and blocks[-1][0] > mean:
            above, heavy, many = blocks.pop()
            mean = (above * heavy + mean * total) / (heavy + total)
            total, count = heavy + total, count + many
        blocks.append((mean, total, count))
    flat = [mean for mean, _, count in blocks for _ in range(count)]
    return [position + shift for position, shift in zip(flat, shifts, strict=True)]
