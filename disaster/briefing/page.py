"""The briefing as one page: folium writes the map, everything else is written around it.

folium asks for 17 files of others' servers by default. Here it asks for none: its links are left out, and Leaflet
with the page's own script and style, built by the front end from npm packages, stand in the page. Its policy allows
exactly the scripts that were written into it, by their digest, and no address at all.
"""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Figure, MacroElement
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from folium.template import Template

from disaster.briefing import words
from disaster.briefing.facts import Facts, Met, facts_of, radii_of
from disaster.codes import CLASSES
from disaster.layers import CLASS_COLOURS, STATUSES, StormFixes
from disaster.models import RescueAsset, StormFix
from gis.access.viewer import Viewer
from gis.layers import registry
from gis.layers.context import place_names
from gis.layers.credits import COAST, NOT_LEGAL, credits_of
from gis.layers.query import LayerQuery
from gis.problems import Unavailable

UNKNOWN_COLOUR = "#888888"
WINDS = ((34, "#e9b949"), (50, "#e0662d"), (64, "#a3123a"))
"""Thresholds in knots and their colours, told apart by lightness too."""
STATUS_COLOURS = {"ready": "#1b7f5c", "moving": "#1565c0", "busy": "#e07b00", "out": "#757575"}

NAMED = ("archipelago", "archipelago_island", "sea", "country", "capital", "city")
"""Kinds of names around the storm."""


class PlainMap(folium.Map):
    """folium's map without the files that it would ask others for."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class Storm(MacroElement):
    """Gives the page's script the map and the data."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "halongBriefing.show({{ this._parent.get_name() }},"
        ' JSON.parse(document.getElementById("briefing-data").textContent));'
        "{% endmacro %}"
    )


def briefing_page(key: int, viewer: Viewer) -> tuple[str, str]:
    """The briefing on the storm with this id for *viewer*, in the active language, and the policy that it is
    served with. Raises `NotFound`, `Unavailable`."""
    facts = facts_of(key)
    script, style = _built("briefing.js"), _built("briefing.css")
    map_html, map_script = _map(facts)
    policy = _policy(script, map_script)
    page = render_to_string(
        "disaster/briefing.html",
        {
            "language": get_language(),
            "facts": facts,
            "title": words.title(facts.storm),
            "made": words.moment(timezone.now()),
            "cards": _cards(facts),
            "winds": [_wind(facts, threshold, colour) for threshold, colour in WINDS],
            "halves": _halves([_row(commune) for commune in _in_order(facts.communes) if commune.first]),
            "class_colour": _colour(facts.strongest),
            "legend": [(title, CLASS_COLOURS[code]) for code, title in CLASSES.items()],
            "statuses": [(title, STATUS_COLOURS[code]) for code, title in STATUSES.items()],
            "credits": credits_of([StormFixes(), registry.get("communes", viewer)], *facts.sources, COAST),
            "policy": policy,
            "style": mark_safe(style),  # our own build
            "script": mark_safe(script),
            "map_html": mark_safe(map_html),  # folium's, of numbers alone
            "map_script": mark_safe(map_script),
            "data": mark_safe(_as_json(_data(facts, viewer))),
        },
    )
    return page, policy


def _map(facts: Facts) -> tuple[str, str]:
    """The map's element and its script, as folium writes them."""
    middle = facts.fixes[facts.approach.fix if facts.approach else 0].position
    drawn = PlainMap(
        location=[middle.y, middle.x], zoom_start=7, tiles=None, control_scale=True, min_zoom=4, max_zoom=13,
        world_copy_jump=False,
    )  # fmt: skip
    drawn._id = "briefing"
    places = [[fix.position.y, fix.position.x % 360] for fix in facts.fixes]  # a track over 180° is one line
    for colour, weight in (("#ffffff", 6), ("#37474f", 3)):
        dash = {"dash_array": "2 8"} if facts.storm.exercise and weight == 3 else {}
        line: Any = folium.PolyLine(  # type: ignore[no-untyped-call]
            places, color=colour, weight=weight, opacity=0.9, interactive=False, **dash
        )
        line._id = f"track{weight}"
        line.add_to(drawn)
    Storm().add_to(drawn)
    figure = cast(Figure, drawn.get_root())
    for child in list(figure._children.values()):
        child.render()
    return figure.html.render(), figure.script.render()


@lru_cache
def _built(name: str) -> str:
    """A file that the front end's build made. Raises `Unavailable` where it was not built."""
    path = finders.find(f"pages/{name}")
    if not isinstance(path, str):
        raise Unavailable(_("The front end is not built yet."))
    return Path(path).read_text(encoding="utf-8").replace("</", "<\\/") if name.endswith("js") else _text(path)


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _as_json(value: Any) -> str:
    """JSON that can stand in a script element: no markup in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(facts: Facts, viewer: Viewer) -> dict[str, Any]:
    """See `frontend/src/briefing/data.ts`."""
    order = {fix.time: place for place, fix in enumerate(facts.fixes)}
    return {
        "fixes": [_fix(fix) for fix in facts.fixes],
        "communes": [
            {
                "name": commune.name,
                "rings": commune.polygons,
                "first": {str(threshold): order[time] for threshold, time in commune.first.items()},
            }
            for commune in facts.communes
        ],
        "assets": _assets(viewer),
        "places": place_names(*NAMED),
        "winds": [
            {"threshold": threshold, "colour": colour, "title": _("%d kt") % threshold} for threshold, colour in WINDS
        ],
        "nearest": facts.approach.fix if facts.approach else len(facts.fixes) - 1,
        "exercise": facts.storm.exercise,
        "texts": {"play": _("▶ Play"), "stop": _("■ Stop"), "credits": f"{NOT_LEGAL} · {COAST}"},
    }


def _fix(fix: StormFix) -> dict[str, Any]:
    lines = [words.wind(fix), words.pressure(fix), words.place(fix.position.x, fix.position.y)]
    return {
        "lon": fix.position.x,
        "lat": fix.position.y,
        "time": words.moment(fix.time),
        "level": fix.beaufort,
        "colour": _colour(fix),
        "title": words.strength(fix),
        "lines": lines,
        "radii": radii_of(fix),
    }


def _colour(fix: StormFix) -> str:
    return CLASS_COLOURS.get(fix.wind_class, UNKNOWN_COLOUR)


def _assets(viewer: Viewer) -> list[dict[str, Any]]:
    """The rescue assets exactly as the layer shows them to *viewer*."""
    query = LayerQuery(registry.get("rescue_assets", viewer), viewer)
    return [_asset(json.loads(text)) for _key, text in query.features()]


def _asset(feature: dict[str, Any]) -> dict[str, Any]:
    lon, lat = feature["geometry"]["coordinates"]
    told = feature["properties"]
    kind, status = (dict(choices)[told[name]] for name, choices in (("kind", _KINDS), ("status", STATUSES.items())))
    lines = [f"{kind} · {status}", told.get("commune") or "", told.get("contact") or ""]
    return {
        "lon": lon,
        "lat": lat,
        "title": f"{told['code']} {told['name']}",
        "lines": [line for line in lines if line],
        "colour": STATUS_COLOURS.get(told["status"], UNKNOWN_COLOUR),
    }


_KINDS = RescueAsset.Kind.choices


def _cards(facts: Facts) -> list[dict[str, str]]:
    """The key facts: a heading, the fact, and what belongs to it."""
    strongest, deepest, approach = facts.strongest, facts.deepest, facts.approach
    cards = [
        {
            "head": _("At its strongest"),
            "big": words.strength(strongest),
            "small": f"{words.wind(strongest)} · {words.moment(strongest.time)}",
            "colour": _colour(strongest),
        },
        {
            "head": _("Lowest pressure"),
            "big": words.pressure(deepest),
            "small": words.moment(deepest.time) if deepest else "",
            "colour": UNKNOWN_COLOUR,
        },
    ]
    if approach:
        near = facts.fixes[approach.fix]
        cards += [
            {
                "head": _("Nearest to the province"),
                "big": words.away(approach.km),
                "small": words.moment(approach.time),
                "colour": _colour(near),
            },
            {
                "head": _("Then, by the fix of %s") % words.moment(near.time),
                "big": words.strength(near),
                "small": f"{words.wind(near)} · {words.pressure(near)}",
                "colour": _colour(near),
            },
        ]
    return cards


LEVELS = {34: 8, 50: 10, 64: 12}
"""Vietnamese levels that the thresholds stand for, as in the layer of the winds."""


def _wind(facts: Facts, threshold: int, colour: str) -> dict[str, Any]:
    figures = {"level": LEVELS[threshold], "kt": threshold}
    title = _("level %(level)d and more (%(kt)d kt)") % figures
    return {"level": LEVELS[threshold], "colour": colour, "title": title, "count": facts.count(threshold)}


def _in_order(communes: list[Met]) -> list[Met]:
    """Those met by the strongest winds first, then by the time, then by name."""
    return sorted(
        communes, key=lambda one: (-one.strongest, str(one.first.get(one.strongest)), words.in_order(one.name))
    )


def _row(commune: Met) -> dict[str, Any]:
    times = [words.hour(commune.first[kt]) if kt in commune.first else "" for kt, _colour in WINDS]
    return {"code": commune.code, "name": commune.name, "times": times, "colour": dict(WINDS)[commune.strongest]}


def _halves(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Two tables side by side where there is room; none where there is nothing to tell."""
    middle = (len(rows) + 1) // 2
    return [half for half in (rows[:middle], rows[middle:]) if half]
