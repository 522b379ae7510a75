"""A list as a file, written while it is read."""

import csv
import json
import tempfile
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.layers import Field
from gis.layers.credits import credit_line
from gis.problems import NotAcceptable, TooLarge
from gis.web.pages.domains.listing import Listing
from gis.web.pages.domains.values import as_parameter, shown, whole

MOST_ROWS = 20_000
FORMATS = ("csv", "xlsx", "geojson")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet read a text as a formula."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(listing: Listing, form: str, *, bom: bool) -> HttpResponseBase:
    """All rows of *listing* as *form*. Raises `NotAcceptable`, and `TooLarge` beyond `MOST_ROWS`."""
    if form not in FORMATS:
        raise NotAcceptable(field="f", expected=", ".join(FORMATS))
    if listing.query().count(MOST_ROWS) is None:
        raise TooLarge(_("A file holds at most %s rows. Narrow the list first.") % whole(MOST_ROWS))
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(_csv(listing, bom), content_type="text/csv; charset=utf-8")
    elif form == "geojson":
        response = StreamingHttpResponse(_geojson(listing), content_type="application/geo+json")
    else:
        response = FileResponse(_xlsx(listing), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{listing.layer.name}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


def page_features(listing: Listing) -> HttpResponseBase:
    """The rows of one page as a GeoJSON FeatureCollection."""
    features = ",".join(text for _key, text in listing.on_page().features()) if listing.page else ""
    text = f'{{"type":"FeatureCollection","features":[{features}]}}'
    return HttpResponse(text, content_type="application/geo+json", headers={"Cache-Control": "private, no-cache"})


def note(listing: Listing) -> str:
    """What every file says of itself: no legal boundary, whose data, of which day."""
    return f"{credit_line([listing.layer])} · {timezone.localtime():%d/%m/%Y}"


def offered(listing: Listing) -> list[tuple[str, str]]:
    """(title, address) of each form that the list can be taken away in."""
    forms = (
        ("CSV", {"f": "csv"}),
        ("CSV (Excel)", {"f": "csv", "bom": "1"}),
        ("XLSX", {"f": "xlsx"}),
        ("GeoJSON", {"f": "geojson"}),
    )
    return [(title, listing.asked.href(**parameters)) for title, parameters in forms]


class _Line:
    """A file that gives each line back."""

    def write(self, text: str) -> str:
        return text


def _csv(listing: Listing, bom: bool) -> Iterator[str]:
    """RFC 4180, codes as stored; the heading of a last, empty column is the note."""
    writer: Any = csv.writer(_Line())
    start = "\ufeff" if bom else ""
    yield start + writer.writerow([*(field.name for field in listing.fields), note(listing)])
    for _key, *values in listing.query().records():
        yield writer.writerow([*(_cell(field, value) for field, value in zip(listing.fields, values, strict=True)), ""])


def _cell(field: Field, value: Any) -> str:
    if value is None:
        return ""
    text = as_parameter(value)
    return f"'{text}" if field.kind == "string" and text.startswith(FORMULA) else text


def _geojson(listing: Listing) -> Iterator[str]:
    yield f'{{"type":"FeatureCollection","note":{json.dumps(note(listing), ensure_ascii=False)},"features":['
    comma = ""
    for _key, text in listing.query().features():
        yield comma + text
        comma = ",\n"
    yield "]}"


def _xlsx(listing: Listing) -> Any:
    """A workbook of one sheet: words instead of codes, units in the headings, the note in the first row."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(listing.layer.name[:31])
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, note(listing))
    for column, field in enumerate(listing.fields):
        sheet.write_string(1, column, f"{field.title} ({field.unit})" if field.unit else str(field.title), bold)
    sheet.freeze_panes(2, 0)
    for row, (_key, *values) in enumerate(listing.query().records(), 2):
        for column, (field, value) in enumerate(zip(listing.fields, values, strict=True)):
            if value is None:
                continue
            if field.kind in ("integer", "number") and not field.values:
                sheet.write_number(row, column, float(value))
            else:
                sheet.write_string(row, column, shown(field, value))
    book.close()
    target.seek(0)
    return target
