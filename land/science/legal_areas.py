"""Areas in the register (diện tích pháp lý): shared out to a decimal so that nothing is won or lost."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

UNIT = Decimal("0.1")
"""m²: one decimal is registered (TT 26/2024/TT-BTNMT)."""


def share(total: Decimal, plane_m2: Mapping[str, float]) -> dict[str, Decimal]:
    """*total* by plane areas; what rounding leaves goes to the largest.

    >>> share(Decimal("100.0"), {"1": 33.0, "2": 33.0, "3": 33.0})
    {'1': Decimal('33.4'), '2': Decimal('33.3'), '3': Decimal('33.3')}
    """
    whole = sum(plane_m2.values())
    shares = {key: _rounded(total * Decimal(area / whole)) for key, area in plane_m2.items()}
    largest = max(plane_m2, key=lambda key: plane_m2[key])
    shares[largest] += total - sum(shares.values())
    return shares


def adapt(legal: Mapping[str, Decimal], gains_m2: Mapping[str, float]) -> dict[str, Decimal]:
    """Legal areas after plane areas changed by *gains_m2*: their sum changes as the sum of the plane areas does."""
    adapted = {key: area + _rounded(Decimal(gains_m2.get(key, 0.0))) for key, area in legal.items()}
    expected = sum(legal.values()) + _rounded(Decimal(sum(gains_m2.values())))
    largest = max(adapted, key=lambda key: adapted[key])
    adapted[largest] += expected - sum(adapted.values())
    return adapted


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(UNIT, ROUND_HALF_UP)
