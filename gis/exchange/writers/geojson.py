"""GeoJSON (RFC 7946): WGS 84, a feature a line."""

import json
from collections.abc import Iterator

from gis.exchange.writers.table import Table


def pieces(table: Table) -> Iterator[str]:
    yield f'{{"type":"FeatureCollection","note":{json.dumps(table.note, ensure_ascii=False)},"features":['
    comma = ""
    for _key, text in table.counted(table.query.features()):
        yield comma + text
        comma = ",\n"
    yield "]}"
