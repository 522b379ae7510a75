"""The live map in a real browser against a real server."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
import requests
from playwright.sync_api import Page, expect

from support.browser import (
    PHONE,
    asset_place,
    drawn,
    pixel_of,
    settled,
    storms,
    wait_for_asset,
    wait_until_drawn,
)
from support.pictures import pixels, share
from support.server import Server

OpenMap = Callable[..., Page]
SUPER_STORM = (0x4B, 0x00, 0x70)
HALONG = "Hạ Long"
LAND_USE_DRAWN = """([identifier, landUse]) => {
  const { map } = window.halong;
  const layer = map.getAllLayers().find(one => one.get('name') === 'parcels');
  const features = layer.getFeaturesInExtent(map.getView().calculateExtent(map.getSize()));
  return features.some(one => one.getId() === identifier && one.get('land_use') === landUse);
}"""


@pytest.fixture
def duty(server: Server, password: str) -> requests.Session:
    """A duty officer's session."""
    return server.session("duty", password)


def some_parcel(server: Server, commune: str = "") -> tuple[str, float, float]:
    """Identifier, lon and lat of a public parcel of middling size in the commune of this name."""
    address = f"{server.url}/ogc/collections/parcels/items?limit=5000"
    found = requests.get(address, timeout=30).json()["features"]
    features = [one for one in found if commune in one["properties"]["commune"]]
    features.sort(key=lambda one: one["properties"]["legal_area_m2"])
    parcel = features[len(features) // 2]
    ring = parcel["geometry"]["coordinates"][0]
    lons, lats = zip(*ring[:-1], strict=True)
    return parcel["id"], sum(lons) / len(lons), sum(lats) / len(lats)


def some_asset(server: Server) -> tuple[str, float, float]:
    """Code, lon and lat (as the public sees them) of an asset that has a position."""
    assets = requests.get(f"{server.url}/live/snapshot?topics=assets", timeout=30).json()["topics"]["assets"][
        "features"
    ]
    feature = next(one for one in assets if one["geometry"])
    lon, lat = feature["geometry"]["coordinates"]
    return feature["id"], lon, lat


def report(server: Server, duty: requests.Session, code: str, lon: float, lat: float) -> None:
    """What a boat's receiver does: post a position of now."""
    body = {"lon": lon, "lat": lat, "time": datetime.now(UTC).isoformat()}
    answer = duty.post(f"{server.url}/api/disaster/assets/{code}/positions", json=body, timeout=30)
    assert answer.status_code == 201, answer.text


def test_the_map_opens_with_communes_and_the_track_of_yagi(open_map: OpenMap) -> None:
    page = open_map()
    assert wait_until_drawn(page, "communes") > 10
    known = storms(page)
    assert ("YAGI", 38) in {(storm["name"], storm["fixes"]) for storm in known}
    expect(page.locator("#storm")).to_contain_text("YAGI")
    page.locator("#storm .link").click()
    page.wait_for_function("window.halong.map.getView().getZoom() < 7 && !window.halong.map.getView().getAnimating()")
    settled(page)
    assert share(page.locator("#map").screenshot(), SUPER_STORM) > 0.0003


NAMES_WRITTEN = """() => {
  const { map } = window.halong;
  const layer = map.getAllLayers().find(one => one.get('name') === 'archipelagos');
  const write = layer.getStyleFunction(), resolution = map.getView().getResolution();
  const styles = layer.getSource().getFeatures().map(one => write(one, resolution)).filter(one => one);
  return styles.map(one => one.getText().getText().replace('\\n', ' ')).sort();
}"""
DEGREES_WRITTEN = """() => {
  const net = window.halong.map.getAllLayers().find(one => one.getMeridians);
  return [...net.meridiansLabels_, ...net.parallelsLabels_].map(one => one.text);
}"""


@pytest.mark.parametrize(
    ("language", "archipelago", "east", "north"),
    [("vi", "Quần đảo {} (Việt Nam)", "°Đ", "°B"), ("en", "{} Archipelago (Việt Nam)", "°E", "°N")],
)
def test_the_archipelagos_and_the_net_of_degrees_are_named_in_the_readers_language(
    open_map: OpenMap, language: str, archipelago: str, east: str, north: str
) -> None:
    page = open_map("#5.2/14.5/111", language=language)
    both = [archipelago.format(name) for name in ("Hoàng Sa", "Trường Sa")]
    page.locator("#layer-place_labels").uncheck()
    assert page.evaluate(NAMES_WRITTEN) == both, "they stay when other names go"
    settled(page)
    degrees = page.evaluate(DEGREES_WRITTEN)
    assert {text[-2:] for text in degrees} == {east, north}
    page.evaluate("window.halong.map.getView().setZoom(0)")
    assert page.evaluate(NAMES_WRITTEN) == both


def test_the_map_opens_calmly_and_shelters_and_gauges_come_when_asked_for(open_map: OpenMap) -> None:
    page = open_map()
    wait_until_drawn(page, "communes")
    for layer in ("shelters", "gauges", "waste_dumps"):
        assert not page.locator(f"#layer-{layer}").is_checked()
        page.locator(f"#layer-{layer}").check()
        assert wait_until_drawn(page, layer) > 0


def test_parcels_are_drawn_in_the_colours_of_their_use(open_map: OpenMap, server: Server) -> None:
    _identifier, lon, lat = some_parcel(server)
    page = open_map(f"#18/{lat}/{lon}")
    assert wait_until_drawn(page, "parcels") > 20
    page.locator("#layer-wind_radii").uncheck()
    rules = page.evaluate(
        "() => window.halong.map.getAllLayers().find(one => one.get('name') === 'parcels').get('config').style.rules"
    )
    colours = [int(rule["fill"][1:], 16) for rule in rules]

    def coloured() -> float:
        settled(page)
        red, green, blue = np.moveaxis(pixels(page.locator("#map").screenshot())[..., :3].astype(int), 2, 0)
        return float(np.isin(red << 16 | green << 8 | blue, colours).mean())

    with_parcels = coloured()
    page.locator("#layer-parcels").uncheck()
    assert with_parcels > coloured() + 0.01


def test_parcels_are_there_at_the_scale_of_the_province_too(open_map: OpenMap) -> None:
    assert wait_until_drawn(open_map(), "parcels") > 0


def test_the_layer_switcher_takes_a_layer_off_and_back(open_map: OpenMap) -> None:
    page = open_map()
    wait_until_drawn(page, "communes")
    switch = page.locator("#layer-communes")
    switch.uncheck()
    assert drawn(page, "communes") == 0
    switch.check()
    assert wait_until_drawn(page, "communes") > 10


def test_every_layer_has_a_legend_that_opens(open_map: OpenMap) -> None:
    page = open_map()
    for opener in page.locator(".legend-toggle").all():
        opener.click()
        legend = page.locator(f"#{opener.get_attribute('aria-controls')}")
        expect(legend).to_be_visible()
        assert legend.locator("li").count() > 0


def test_a_click_shows_the_attributes_of_a_parcel(open_map: OpenMap, server: Server) -> None:
    _identifier, lon, lat = some_parcel(server)
    page = open_map(f"#17/{lat}/{lon}")
    wait_until_drawn(page, "parcels")
    settled(page)
    page.mouse.click(*pixel_of(page, lon, lat))
    card = page.locator("#card")
    section = card.locator("details[data-layer=parcels]")
    expect(section).to_have_count(1)
    expect(section).not_to_have_attribute("aria-busy", "true")
    identifier = section.get_attribute("data-id") or ""
    full = requests.get(f"{server.url}/ogc/collections/parcels/items/{identifier}", timeout=30).json()
    expect(section).to_contain_text(identifier)
    expect(section).to_contain_text(str(full["properties"]["commune"]))
    expect(card).to_contain_text("VN-2000")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_the_map_is_used_with_the_keyboard_alone(open_map: OpenMap, server: Server) -> None:
    _identifier, lon, lat = some_parcel(server)
    page = open_map(f"#17/{lat}/{lon}")
    wait_until_drawn(page, "parcels")
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card details").first).to_be_visible()
    before = page.evaluate("window.halong.map.getView().getCenter()[0]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => window.halong.map.getView().getCenter()[0] > before", arg=before)


def test_an_asset_moves_without_reloading(open_map: OpenMap, server: Server, duty: requests.Session) -> None:
    code, lon, lat = some_asset(server)
    page = open_map()
    wait_until_drawn(page, "rescue_assets")
    page.evaluate("window.neverReloaded = true")
    east, north = round(lon + 0.05, 2), round(lat - 0.03, 2)
    report(server, duty, code, east, north)
    wait_for_asset(page, code, east, north)
    assert page.evaluate("window.neverReloaded")


def test_it_still_moves_after_the_listener_lost_its_connection(
    open_map: OpenMap, server: Server, duty: requests.Session
) -> None:
    code, lon, lat = some_asset(server)
    page = open_map()
    killed = server.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query ILIKE 'LISTEN%%' AND pid <> pg_backend_pid()"
    )
    assert killed == [(True,)]
    east, north = round(lon - 0.04, 2), round(lat + 0.02, 2)
    report(server, duty, code, east, north)
    wait_for_asset(page, code, east, north)


def test_a_second_browser_opened_later_shows_the_same(
    open_map: OpenMap, server: Server, duty: requests.Session
) -> None:
    code, lon, lat = some_asset(server)
    first = open_map()
    east, north = round(lon + 0.02, 2), round(lat + 0.02, 2)
    report(server, duty, code, east, north)
    wait_for_asset(first, code, east, north)
    second = open_map()
    assert asset_place(second, code) == pytest.approx(asset_place(first, code), abs=1e-6)
    assert storms(second) == storms(first)


def test_a_replayed_storm_appears_fix_by_fix_and_a_second_browser_sees_the_same(
    open_map: OpenMap, server: Server
) -> None:
    first = open_map()
    played = server.manage("replay", "yagi", "--speed", "1000000", "--until", "2024-09-04T00:00Z")
    assert played.returncode == 0, played.stderr
    first.wait_for_function("window.halong.storms.all().some(storm => storm.exercise && storm.fixes.length > 10)")
    expect(first.locator("#storm")).to_have_class("storm exercise")
    second = open_map()
    assert storms(second) == storms(first)
    told = first.locator("#storm .storm-facts").text_content() or ""
    expect(second.locator("#storm .storm-facts")).to_have_text(told)
    cleared = server.manage("replay", "yagi", "--clear")
    assert cleared.returncode == 0, cleared.stderr
    first.wait_for_function("!window.halong.storms.all().some(storm => storm.exercise)")


def test_a_corrected_parcel_is_drawn_anew(open_map: OpenMap, server: Server, password: str) -> None:
    officer = server.session("land.halong", password)
    identifier, lon, lat = some_parcel(server, HALONG)
    page = open_map(f"#17/{lat}/{lon}")
    wait_until_drawn(page, "parcels")
    address = f"{server.url}/api/land/parcels/{identifier}"
    known = officer.get(address, timeout=30)
    other = "CLN" if known.json()["properties"]["land_use"] != "CLN" else "BHK"
    answer = officer.patch(
        f"{address}/attributes",
        json={"values": {"land_use": other}, "document": "QĐ 12/2026"},
        headers={"If-Match": known.headers["ETag"]},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    page.wait_for_function(LAND_USE_DRAWN, arg=[identifier, other])


def test_a_phone_has_no_sideways_scroll_and_a_panel_that_opens(open_map: OpenMap) -> None:
    page = open_map(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.locator("#panel-body")).to_be_hidden()
    page.locator("#panel-toggle").click()
    expect(page.locator("#layer-parcels")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_page_says_what_is_no_legal_boundary(open_map: OpenMap) -> None:
    page = open_map()
    expect(page.locator("#note")).to_be_visible()
    expect(page.locator("#pointer")).to_contain_text("VN-2000")
