"""A list as a file: at once where it is short, in the background where it is long."""

import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from gis.exchange.jobs import start
from gis.exchange.jobs.models import Job
from gis.exchange.writers import FORMS, Form, Table, form_named
from gis.layers.values import whole
from gis.problems import TooLarge
from gis.web.pages.domains.listing import Listing


def download(listing: Listing, name: str) -> HttpResponseBase:
    """All rows of *listing* in the form *name*. Raises `NotAcceptable`, and `TooLarge` where it is to be waited for."""
    form = form_named(name)
    most = settings.DOWNLOAD_ROWS
    if listing.query().count(most) is None:
        told = _(
            "At once a file holds at most %s rows. Narrow the list, or have it made in the background on its page."
        )
        raise TooLarge(told % whole(most))
    table = Table(listing.query())
    response: HttpResponseBase
    if form.pieces is not None:
        response = StreamingHttpResponse(form.pieces(table), content_type=form.content_type)
    else:
        response = FileResponse(_written(form, table), content_type=form.content_type)
    response["Content-Disposition"] = f'attachment; filename="{form.file_name(table)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _written(form: Form, table: Table) -> IO[bytes]:
    """The file, of which nothing is left on the disk once it is closed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"download.{form.suffix}"
        form.write(table, path)
        return path.open("rb")


def in_background(listing: Listing, name: str) -> Job:
    """Have all rows of *listing* written in the background. Raises `NotAcceptable`, `SignInNeeded`, `TooManyJobs`."""
    form = form_named(name)
    title = _("%(layer)s as %(form)s") % {"layer": listing.layer.title, "form": form.title}
    asked = dict(listing.asked.pairs())
    return start("export", listing.viewer, title, layer=listing.layer.name, form=form.name, asked=asked)


def is_long(listing: Listing) -> bool:
    """Whether the list is too long to be taken away at once, as far as is known without counting."""
    rows = listing.tally.total if listing.tally is not None else listing.query().expected()
    return rows > settings.DOWNLOAD_ROWS


def offered(listing: Listing) -> list[tuple[Form, str]]:
    """Each form that the list can be taken away in, with its address."""
    return [(form, listing.asked.href(f=form.name)) for form in FORMS.values()]


def page_features(listing: Listing) -> HttpResponseBase:
    """The rows of one page as a GeoJSON FeatureCollection."""
    features = ",".join(text for _key, text in listing.on_page().features()) if listing.page else ""
    text = f'{{"type":"FeatureCollection","features":[{features}]}}'
    return HttpResponse(text, content_type="application/geo+json", headers={"Cache-Control": "private, no-cache"})
