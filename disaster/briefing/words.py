"""Figures as the readers of a briefing write them: Indochina time, dd/mm/yyyy, the language's decimal sign."""

import unicodedata
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from disaster.codes import CLASSES
from disaster.models import Storm, StormFix

KMH = 1.852


def moment(when: datetime) -> str:
    """13:00 07/09/2024, Indochina time."""
    return timezone.localtime(when).strftime("%H:%M %d/%m/%Y")


def hour(when: datetime) -> str:
    """13:00 07/09, Indochina time."""
    return timezone.localtime(when).strftime("%H:%M %d/%m")


def in_order(name: str) -> str:
    """What Vietnamese names are sorted by: the letters, then their marks."""
    bare = unicodedata.normalize("NFD", name.casefold().replace("đ", "d\u0335"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)) + "\0" + name


def place(lon: float, lat: float) -> str:
    """20,9°B 107,1°Đ."""
    north = pgettext("latitude", "N") if lat >= 0 else pgettext("latitude", "S")
    east = pgettext("longitude", "E") if lon >= 0 else pgettext("longitude", "W")
    return f"{number_format(abs(lat), 1)}°{north} {number_format(abs(lon), 1)}°{east}"


def wind(fix: StormFix) -> str:
    """The wind with its averaging period; a word where it is unknown."""
    if fix.wind_kt is None:
        return _("wind unknown")
    figures = {"kt": fix.wind_kt, "kmh": round(fix.wind_kt * KMH), "minutes": fix.wind_averaging_minutes}
    return _("%(kt)d kt (%(kmh)d km/h), %(minutes)d-minute mean") % figures


def strength(fix: StormFix) -> str:
    """Class and level: "Very severe storm, level 14"; a word where no conversion to 10 minutes is known."""
    if fix.beaufort is None:
        return _("Class unknown")
    told = CLASSES[fix.wind_class]
    return _("%(class)s, level %(level)d") % {"class": told, "level": fix.beaufort}


def pressure(fix: StormFix | None) -> str:
    if fix is None or fix.pressure_hpa is None:
        return _("unknown")
    return _("%d hPa") % fix.pressure_hpa


def title(storm: Storm) -> str:
    """Bão số 3 · YAGI · 2024."""
    numbered = _("Storm no. %d") % storm.vietnamese_number if storm.vietnamese_number else ""
    name = storm.name.removesuffix("(diễn tập)").strip() or f"{storm.number:02d}{storm.basin[:1]}"
    return " · ".join(filter(None, [numbered, name, str(storm.season)]))


def away(km: float) -> str:
    """How far, to the kilometre; a word where the centre was over the province."""
    return _("over the province") if km < 0.5 else _("%s km away") % number_format(round(km), use_l10n=True)
