"""Lists too long to be waited for, made in the background: `start("export", …)`."""

from django.utils.translation import gettext as _

from gis.exchange.jobs import Work, background
from gis.exchange.writers import Table, form_named
from gis.layers import registry
from gis.layers.asking import read_asked
from gis.layers.query import LayerQuery
from gis.layers.values import whole

MOST_ROWS = 2**31
"""Nobody has more."""


@background("export", repeatable=True)
def export(work: Work, layer: str, form: str, asked: dict[str, str]) -> str:
    """Write what *asked* (as an address asks for it) finds in *layer* as a file of *form*.

    Rows and fields are those that the viewer may see when it is written. Raises `NotFound`, `BadParameter`,
    `NotAcceptable` or `TooLarge`.
    """
    found = registry.get(layer, work.viewer)
    wanted = read_asked(found, work.viewer, asked)
    query = LayerQuery(found, work.viewer, **wanted.narrows, order=wanted.order)
    total = query.count(MOST_ROWS) or 0
    work.progress(0, total)
    table = Table(query, told=lambda done: work.progress(min(done, total)))
    made = form_named(form)
    path = work.scratch / f"export.{made.suffix}"
    made.write(table, path)
    work.attach(path, made.file_name(table), made.content_type)
    return _("Rows written: %s.") % whole(total)
