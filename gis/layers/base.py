"""What a published layer is: its rows, fields, looks, scales and who sees what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from string import Formatter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from django.db.models import (
    BooleanField,
    F,
    ForeignKey,
    Func,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable

from gis.access.viewer import Areas, Viewer
from gis.geometry.crs import LEGAL_SRID
from gis.layers.styles import Style
from gis.places.names import CommuneNames
from gis.problems import Text

if TYPE_CHECKING:
    from gis.layers.sections import Maker

PIXEL_M = 0.00028
"""Side of a pixel by the OGC's definition, which scale denominators are counted in."""


class Past(NamedTuple):
    """A time that is asked about: the newest version of each feature that held on a day from *first* to *last*, as the
    records said at *known* (now, where it is None). None opens a side."""

    first: date | None
    last: date | None
    known: datetime | None = None

    @property
    def is_one_day(self) -> bool:
        return self.first is not None and self.first == self.last


Kind = Literal["string", "integer", "number", "boolean", "date", "datetime"]


@dataclass(frozen=True)
class Field:
    """A published property. *source*: path in the ORM, the field's own name where not given."""

    name: str
    title: Text
    kind: Kind = "string"
    source: str = ""
    private: bool = False
    """Seen only by the layer's private roles, in their areas; for others it does not exist."""
    values: Mapping[Any, Text] = field(default_factory=dict, hash=False)
    """Words for coded values."""
    unit: str = ""
    word: str = ""
    """Name of the field that says this one's codes in words."""
    for_drawing: bool = False
    """Only there for a style to draw by: in tiles and pictures, and in no answer, schema, list or filter."""

    @property
    def path(self) -> str:
        return self.source or self.name


@dataclass(frozen=True)
class Search:
    """What of a layer is found by typing, in the names of its fields; a private one is searched in its areas alone.

    *title* and the parts of *subtitle* are patterns over public fields ("{kind} {name}"); a part without values
    is left out.
    """

    title: Text
    subtitle: tuple[Text, ...] = ()
    names: tuple[str, ...] = ()
    """What people call it: any word of it is found, with or without diacritics."""
    codes: tuple[str, ...] = ()
    """Identifiers with letters, found by how they begin; index `Collate(Upper(column), "C")` where rows are many."""
    digits: tuple[str, ...] = ()
    """Identifiers of digits alone; index `Collate(column, "C")`."""
    patterns: tuple[str, ...] = ()
    """Regular expressions over the folded text, whose groups are fields that must be equal. The group `within` is
    the name of a commune, old or new."""
    many: bool = False
    """Whether there are more rows than can be looked through: a word is then found by how it begins, in the index
    `to_tsvector('simple', halong_fold(column))` that each of `names` has, and the newest of the rows are taken."""
    lead: tuple[str, ...] = ()
    """Folded words that may stand before a name and say nothing: "phuong", "bao"."""

    @property
    def searched(self) -> frozenset[str]:
        """The fields that are compared with what was typed."""
        groups = {group for pattern in self.patterns for group in re.compile(pattern).groupindex}
        return frozenset({*self.names, *self.codes, *self.digits, *groups} - {"within"})

    @property
    def shown(self) -> frozenset[str]:
        """The fields that title and subtitle are made of."""
        texts = (self.title, *self.subtitle)
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(str(text)) if name)


@dataclass(frozen=True)
class Overview:
    """What is drawn of a layer where its areas are too small and too many: square cells, each with the values that the
    layer's styles draw, of the row that lies at its middle.

    *model* has the columns `size_m`, `geom` and those of the drawn fields by the same paths; the domain's `sql/` keeps
    it. *sizes*: sides of cells, metres, from the smallest.
    """

    model: type[Model]
    sizes: tuple[int, ...]
    min_scale: float
    """Pictures show it at denominators from this one."""
    pixels: float = 2.0
    """A cell is at least so many wide where there are cells as large."""

    def size_at(self, scale: float) -> int:
        """The side of the cells at a denominator, metres."""
        return next((size for size, finest in self.limits() if scale <= finest), self.sizes[-1])

    def limits(self) -> list[tuple[int, float]]:
        """The denominator up to which each but the largest size is used."""
        return [(size, size / (PIXEL_M * self.pixels)) for size in self.sizes[:-1]]


@dataclass(frozen=True)
class OtherName:
    """A row found by a name that is not its own: an old one, an alias."""

    key: str | int
    rank: int
    note: Text
    """What the reader is told of it."""


class InAreas(Func):
    """Whether *areas* hold the commune of a row (see `halong_in_areas`)."""

    function = "halong_in_areas"
    output_field = BooleanField()

    def __init__(self, areas: Areas, commune: str | Combinable) -> None:
        super().__init__(Value(areas), F(commune) if isinstance(commune, str) else commune)


class PlainGeometry(Func):
    """A geometry column as PostGIS has it, not as the bytes that GeoDjango selects."""

    template = "%(expressions)s"
    output_field = TextField()


class Layer:
    """One published layer. Subclass it in a domain's `layers.py`, under `@register`."""

    name: ClassVar[str]
    """Its name in every address and protocol; never changes."""
    title: ClassVar[Text]
    abstract: ClassVar[Text] = ""
    attribution: ClassVar[Text] = ""
    group: ClassVar[Text]
    """Heading in the layer switcher."""
    model: ClassVar[type[Model]]
    geometry_type: ClassVar[Literal["Point", "LineString", "Polygon"]]
    srid: ClassVar[int] = LEGAL_SRID
    geometry: ClassVar[str] = "geom"
    """Path of the stored geometry."""
    key: ClassVar[str] = "id"
    """Path of the public identifier, unique among the layer's rows; pages are ordered by it."""
    fields: ClassVar[tuple[Field, ...]]
    styles: ClassVar[tuple[Style, ...]]
    """The first is the default."""
    time: ClassVar[str | None] = None
    """Name of the field that `datetime` filters."""
    has_past: ClassVar[bool] = False
    """Whether it can be asked what held on another day, as known on another (`rows_at`)."""
    min_zoom: ClassVar[int] = 0
    """No vector tiles above (coarser than) this zoom level."""
    detail_zoom: ClassVar[int] = 0
    """Below this zoom level a vector tile holds only the largest features, by `thin_by`."""
    thin_by: ClassVar[str | None] = None
    overview: ClassVar[Overview | None] = None
    """What stands for the rows at small scales: in vector tiles below `detail_zoom`, in pictures from its own scale."""
    max_scale: ClassVar[float | None] = None
    """Pictures are blank at denominators above this one."""
    scale_fields: ClassVar[tuple[str, str] | None] = None
    """Fields with the lowest and the highest denominator at which a row is drawn; empty in a row: without a limit."""
    visible: ClassVar[bool] = True
    """Switched on when the map opens."""
    position: ClassVar[int] = 50
    """Drawing order on the map, lowest first."""
    live_topic: ClassVar[str | None] = None
    """Topic whose events move its features on an open map; such a layer is never cached."""
    private_roles: ClassVar[frozenset[str]] = frozenset()
    """Who sees private rows and fields, each in his areas."""
    overlay: ClassVar[str | None] = None
    """Public field that tells kinds apart where areas are compared (`gis.overlay`); "": none does; None: the layer
    takes no part."""
    readers: ClassVar[frozenset[str] | None] = None
    """For whom alone the layer exists (some of `private_roles`), and its rows each in his areas; None: for all."""
    area: ClassVar[str] = "commune_id"
    """Path of the commune's code that areas are compared with."""

    columns: ClassVar[tuple[str, ...]] = ()
    """Fields that a list shows; all where none is named. A detail shows all."""
    ranges: ClassVar[tuple[str, ...]] = ()
    """Public fields that a list may be narrowed by from and to."""
    sorted_by: ClassVar[tuple[str, ...] | None] = None
    """Fields that a list may be ordered by, each with an index on (field, key); None: every one, of few rows."""

    sections: ClassVar[tuple["Maker", ...]] = ()
    """What a detail tells beyond the fields (`gis.layers.sections`)."""
    newest: ClassVar[str] = ""
    """Public field, among those sorted by, that tells when a row changed; the newest stand on the domain's front."""

    search: ClassVar[Search | None] = None
    """What is found by typing; nothing where it is not declared."""

    def rows(self, areas: Areas) -> QuerySet[Any]:
        """The rows that a viewer with *areas* may see: one fixed shape of SQL with one parameter.

        That SQL is kept and used for other viewers and at other times: nothing here depends on who asks, or when.
        Of a layer with readers those in his areas; whoever overrides this there begins with `super().rows(areas)`.
        """
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows if self.readers is None else rows.filter(InAreas(areas, self.area))

    def overview_rows(self, areas: Areas) -> QuerySet[Any]:
        """The cells of the overview that a viewer with *areas* may see: those of the rows that he may see."""
        raise NotImplementedError

    def rows_at(self, areas: Areas, past: Past) -> QuerySet[Any]:
        """What a viewer with *areas* may see of *past*: no key twice, and nothing of what he may not see today."""
        raise NotImplementedError(f"{self.name} has no past")

    def published_geometry(self, areas: Areas) -> Combinable:
        """The geometry that such a viewer sees, and that filters, extents and pictures use."""
        return F(self.geometry)

    def other_names(self, folded: str, places: CommuneNames, limit: int) -> list[OtherName]:
        """Rows that *folded* names in another way than by their own fields; *places*: the names of all communes."""
        return []

    @property
    def numbered(self) -> bool:
        """Whether rows have whole numbers as primary keys: the only identifiers that tiles and pictures know."""
        return isinstance(self.model._meta.pk, IntegerField)

    @property
    def in_communes(self) -> bool:
        """Whether its rows lie in communes at all."""
        names = {getattr(column, "attname", column.name) for column in self.model._meta.get_fields()}
        return self.area in names or "__" in self.area

    @property
    def looks_legal(self) -> bool:
        """Whether its outlines could be taken for legal boundaries: areas on the legal grid."""
        return self.geometry_type == "Polygon" and self.srid == LEGAL_SRID

    @property
    def place_is_optional(self) -> bool:
        """Whether a row may stand in the table without a geometry."""
        model: Any = self.model
        for part in self.geometry.split("__"):
            column = model._meta.get_field(part)
            if column.null:
                return True
            model = column.related_model
        return False

    def read_key(self, text: str) -> str | int | None:
        """The identifier that a client wrote as *text*; None where no row can have it."""
        column = self.model._meta.get_field(self.key)
        column = column.target_field if isinstance(column, ForeignKey) else column
        if not isinstance(column, IntegerField):
            return None if "\0" in text else text
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def exists_for(self, viewer: Viewer) -> bool:
        """Whether *viewer* may know that there is such a layer; for others no format has ever heard of it."""
        return self.readers is None or bool(viewer.areas(self.readers))

    def areas_of(self, viewer: Viewer) -> Areas:
        """Where *viewer* sees this layer's private rows and fields."""
        return viewer.areas(self.private_roles)

    def fields_for(self, areas: Areas) -> tuple[Field, ...]:
        """The fields that exist for a viewer with *areas*."""
        return tuple(field for field in self.tile_fields_for(areas) if not field.for_drawing)

    def tile_fields_for(self, areas: Areas) -> tuple[Field, ...]:
        """The same and those that styles draw by."""
        return self.fields if areas else tuple(field for field in self.fields if not field.private)

    def style(self, name: str = "") -> Style | None:
        """The style *name*, the default where it is empty, None where there is no such style."""
        return next((style for style in self.styles if name in ("", style.name)), None)
