"""Wind levels (cấp gió) and storm classes of Vietnam, and the conversion of averaging periods.

Wind table: the 18 levels of the Vietnamese Beaufort table (Decision 18/2021/QĐ-TTg), lower bounds in m/s, as
two agreeing public copies give them. Classes: áp thấp nhiệt đới 6–7, bão 8–9, bão mạnh 10–11, bão rất mạnh
12–15, siêu bão 16 and above (the bound between the last two from general knowledge of the same decision).
"""

from bisect import bisect_right

KNOT_MS = 1852 / 3600
"""Metres per second in one knot."""

LOWER_BOUNDS_MS = (
    0.0, 0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1,
)  # fmt: skip
"""Of levels 0–17; the table ends with "17 and above"."""

HIGHEST_LEVEL = len(LOWER_BOUNDS_MS) - 1

TO_TEN_MINUTES = {1: 0.93, 10: 1.0}
"""Factor from a wind averaged over so many minutes to one over ten, at sea: Harper, Kepert & Ginger 2010
(WMO/TD-No. 1555), table 1.1. For 2 and 3 minutes the report gives none: such winds stay unconverted."""

CLASSES = ((6, "depression"), (8, "storm"), (10, "severe"), (12, "very_severe"), (16, "super"))
"""Lowest level of each class."""
BELOW = "low"
"""Class below level 6: a low, no tropical depression yet."""


def ten_minute_wind(wind_kt: float, averaging_minutes: int) -> float | None:
    """*wind_kt* as a 10-minute mean, knots; None where no conversion has a source."""
    factor = TO_TEN_MINUTES.get(averaging_minutes)
    return None if factor is None else wind_kt * factor


def level(wind_ms: float) -> int:
    """Wind level of a 10-minute wind in m/s, rounded to the 0.1 m/s that the table is written in.

    >>> level(17.2), level(17.1), level(61.3)
    (8, 7, 17)
    """
    return bisect_right(LOWER_BOUNDS_MS, round(wind_ms, 1)) - 1


def storm_class(of_level: int) -> str:
    """Class of a storm whose strongest wind has this level.

    >>> storm_class(5), storm_class(12), storm_class(17)
    ('low', 'very_severe', 'super')
    """
    return next((name for lowest, name in reversed(CLASSES) if of_level >= lowest), BELOW)


def level_of(wind_kt: float | None, averaging_minutes: int | None) -> int | None:
    """Wind level of a sustained wind with its averaging period; None where it cannot be told.

    >>> level_of(110, 1), level_of(110, 3)
    (16, None)
    """
    if wind_kt is None or averaging_minutes is None:
        return None
    wind = ten_minute_wind(wind_kt, averaging_minutes)
    return None if wind is None else level(wind * KNOT_MS)


def lowest_wind_kt(of_level: int, averaging_minutes: int) -> int:
    """The least wind in whole knots, averaged so, that has this level. Raises KeyError without a conversion.

    >>> lowest_wind_kt(8, 10), lowest_wind_kt(8, 1)
    (34, 36)
    """
    knots = 0
    while level(knots * TO_TEN_MINUTES[averaging_minutes] * KNOT_MS) < of_level:
        knots += 1
    return knots
