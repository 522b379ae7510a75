"""What each layer takes from a file: its fields, its key, and the action that stores a batch.

A domain registers an `Intake` in its `exchange.py`; `import_layer` and everything else that brings features in asks
here. The fields are those of the model, so that a value passes the model's own checks.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, ClassVar, Literal

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune
from gis.problems import Invalid, NotFound, Text

GeometryType = Literal["Point", "Polygon", "MultiPolygon", "LineString", "MultiLineString"]

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
"""How files write a day; the second is GDAL's own."""
MOMENTS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%H:%M %d/%m/%Y")
"""How files write a time beside ISO 8601."""
YES = frozenset({"1", "t", "true", "yes", "y", "co", "có"})
NO = frozenset({"0", "f", "false", "no", "n", "khong", "không"})
NAMED_CHOICES = 30
"""Codes that a description lists."""


@dataclass(frozen=True)
class Row:
    """A row that fits the layer: number in the file, values by the model's columns, the shape as `shape`."""

    number: int
    values: dict[str, Any]
    shape: Any
    """Of shapely, in the intake's reference system, of its geometry type."""

    def geos(self, srid: int) -> GEOSGeometry:
        return GEOSGeometry(memoryview(shapely.to_wkb(self.shape)), srid=srid)


class Target:
    """A field that a layer takes. Files' texts become values here, by the rules of the model's field."""

    def __init__(
        self,
        field: "models.Field[Any, Any]",
        aliases: tuple[str, ...] = (),
        *,
        optional: bool = False,
        known_by: str = "pk",
    ) -> None:
        self._field = field
        self.name: str = field.name
        self.column: str = field.attname
        self.aliases = aliases
        self._known_by = known_by
        self.required = not (optional or field.null or field.blank or field.has_default())

    @property
    def expected(self) -> str:
        """What fits here, in words."""
        return str(_expected(self._field, self._known_by))

    @cached_property
    def codes(self) -> dict[str, Any]:
        """For a field of codes: what files may write → the value that is stored. Empty where anything fits."""
        related = self._field.related_model
        if related is Commune:
            return _communes()
        if isinstance(related, type) and issubclass(related, models.Model):
            return {str(code): pk for code, pk in related._default_manager.values_list(self._known_by, "pk")}
        return {str(code): code for code, _label in self._field.flatchoices}

    def value(self, text: str | None) -> Any:
        """The value of *text*. Raises `Invalid`."""
        if text is None or text == "":
            return self._nothing()
        if self.codes:
            if self._field.related_model is Commune and text.isdigit():
                text = text.zfill(5)  # tables of numbers lose the zero at the front
            if (found := self.codes.get(text, self)) is self:
                raise Invalid(_("%r is none of the codes.") % text[:60], field=self.name, expected=self.expected)
            return found
        try:
            return self._field.clean(_parsed(self._field, text), None)
        except (ValidationError, ValueError, InvalidOperation, OverflowError) as error:
            told = _("%r does not fit here.") % text[:60]
            raise Invalid(told, field=self.name, expected=self.expected) from error

    def _nothing(self) -> Any:
        if self.required:
            raise Invalid(_("A value is missing."), field=self.name, expected=self.expected)
        if self._field.null:
            return None
        return self._field.get_default() if self._field.has_default() else ""


class Intake(ABC):
    """How features of files get into a layer. Declared once for each layer, registered by `@intake(name)`."""

    layer: ClassVar[str]
    """Set by `@intake`."""
    title: ClassVar[Text]
    model: ClassVar[type[models.Model]]
    fields: ClassVar[tuple[str, ...]]
    """Names of the model's fields that files fill."""
    known_by: ClassVar[dict[str, str]] = {}
    """Field that refers to other records → what of them files name, where it is not their key."""
    optional: ClassVar[tuple[str, ...]] = ()
    """Those of them that a file may lack though the model needs them: `store` knows what to do then."""
    key: ClassVar[str]
    """The field that tells whether a feature stands already."""
    geometry: ClassVar[GeometryType | None]
    """None of what lies nowhere: rows of tables."""
    srid: ClassVar[int] = LEGAL_SRID
    aliases: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Field → names of columns that usually hold it, for proposals."""
    using: ClassVar[str] = "default"
    """The database role that stores."""
    batch: ClassVar[int] = 1000
    """Features that are stored at a time."""

    @cached_property
    def targets(self) -> dict[str, Target]:
        model_fields = (self.model._meta.get_field(name) for name in self.fields)
        return {
            field.name: Target(
                field,
                self.aliases.get(field.name, ()),
                optional=field.name in self.optional,
                known_by=self.known_by.get(field.name, "pk"),
            )
            for field in model_fields
            if isinstance(field, models.Field)
        }

    def key_of(self, row: Row) -> str:
        """What no other row of the file may have too."""
        return str(row.values[self.targets[self.key].column])

    @abstractmethod
    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        """Store *rows* by an action; the fate of each. Raises a `Problem` that refuses all of them.

        Called again with parts of a refused batch, until the row at fault is found.
        """


_intakes: dict[str, Intake] = {}


def intake(layer: str) -> Callable[[type[Intake]], type[Intake]]:
    """Register a class as what *layer* takes. Raises ValueError where the layer has one."""

    def register(made: type[Intake]) -> type[Intake]:
        if layer in _intakes:
            raise ValueError(f"There are two intakes of the layer {layer}.")
        made.layer = layer
        _intakes[layer] = made()
        return made

    return register


def intake_of(layer: str) -> Intake:
    """The intake of *layer*. Raises `NotFound` with the names of those there are."""
    if layer not in _intakes:
        raise NotFound(
            _("No files are taken into a layer %s.") % layer, field="layer", expected=", ".join(all_intakes())
        )
    return type(_intakes[layer])()  # anew: codes may have changed since


def all_intakes() -> list[str]:
    return sorted(_intakes)


def folded(name: str) -> str:
    """*name* without diacritics, capitals and signs, for comparing names of columns."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", plain)


def _communes() -> dict[str, str]:
    """Codes, other codes and names of communes → code; a name that two share is none."""
    found: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for commune in Commune.objects.all():
        found |= dict.fromkeys([commune.code, *commune.aliases], commune.code)
        for name in (commune.name, str(commune)):
            names.setdefault(name, set()).add(commune.code)
    return {name: next(iter(codes)) for name, codes in names.items() if len(codes) == 1} | found


def _parsed(field: "models.Field[Any, Any]", text: str) -> Any:
    if isinstance(field, models.DateTimeField):
        return _moment(text)
    if isinstance(field, models.DateField):
        return _day(text)
    if isinstance(field, models.BooleanField):
        return _truth(text)
    if isinstance(field, models.IntegerField):
        number = _number(text)
        if number != number.to_integral_value():
            raise ValueError(text)
        return int(number)
    if isinstance(field, models.DecimalField):
        return round(_number(text), field.decimal_places)
    if isinstance(field, models.FloatField):
        return float(_number(text))
    return text


def _number(text: str) -> Decimal:
    """A number with a point or a comma before its decimals, and no other signs."""
    number = Decimal(text.replace(",", ".") if "." not in text else text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _day(text: str) -> date:
    for pattern in DAYS:
        try:
            return datetime.strptime(text[:10], pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(text)


def _moment(text: str) -> datetime:
    """A time, with its zone where the text has one."""
    for pattern in MOMENTS:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  (whoever takes it asks for a zone)
        except ValueError:
            continue
    return datetime.fromisoformat(text)


def offset_of(text: str) -> timezone:
    """The zone that *text* names as +07:00. Raises ValueError."""
    found = re.fullmatch(r"([+-])(\d\d):?([0-5]\d)", text)
    if not found:
        raise ValueError(text)
    away = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(away if found[1] == "+" else -away)


def _truth(text: str) -> bool:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise ValueError(text)


KINDS: tuple[tuple[type["models.Field[Any, Any]"], Text], ...] = (
    (models.DateTimeField, gettext_lazy("a time, as 2024-09-07T13:05:00+07:00 or 07/09/2024 13:05")),
    (models.DateField, gettext_lazy("a day, as 2025-07-01 or 01/07/2025")),
    (models.BooleanField, gettext_lazy("yes or no")),
    (models.IntegerField, gettext_lazy("a whole number")),
    (models.DecimalField, gettext_lazy("a number, as 12.5 or 12,5")),
    (models.FloatField, gettext_lazy("a number, as 12.5 or 12,5")),
)


def _expected(field: "models.Field[Any, Any]", known_by: str) -> Text:
    related = field.related_model
    if related is Commune:
        return _("code or name of a commune")
    if isinstance(related, type) and issubclass(related, models.Model):
        known = related._default_manager.values_list(known_by, flat=True)[: NAMED_CHOICES + 1]
        codes = [str(code) for code in known]
        return _list(codes)
    if field.flatchoices:
        return _list([str(code) for code, _label in field.flatchoices])
    for kind, words in KINDS:
        if isinstance(field, kind):
            return words
    return _("text of at most %d letters") % field.max_length if field.max_length else _("text")


def _list(codes: list[str]) -> str:
    return " | ".join(codes[:NAMED_CHOICES]) + (" …" if len(codes) > NAMED_CHOICES else "")
