"""What an open map shows, read from the page."""

from typing import Any

from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 780}

DRAWN = """name => {
  const { map } = window.halong;
  const state = map.getLayerGroup().getLayerStatesArray().find(one => one.layer.get('name') === name);
  if (!state || !state.visible) return 0;
  const { layer } = state;
  const extent = map.getView().calculateExtent(map.getSize());
  const features = (layer.getFeaturesInExtent ? layer : layer.getSource()).getFeaturesInExtent(extent);
  return new Set(features.map(one => one.getId() ?? one.ol_uid)).size;
}"""
PLACE = """code => {
  const layer = window.halong.map.getAllLayers().find(one => one.get('name') === 'rescue_assets');
  const feature = layer.getSource().getFeatureById(code);
  if (!feature) return null;
  const [x, y] = feature.getGeometry().getCoordinates();
  const degree = 6378137 * Math.PI / 180;
  return [x / degree, Math.atan(Math.sinh(y / 6378137)) * 180 / Math.PI];
}"""
PIXEL = """([lon, lat]) => {
  const radius = 6378137, x = lon * Math.PI / 180 * radius;
  const y = radius * Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360));
  return window.halong.map.getPixelFromCoordinate([x, y]);
}"""

SETTLED = """() => new Promise(done => {
  window.halong.map.once('rendercomplete', done);
  window.halong.map.render();
})"""


def drawn(page: Page, layer: str) -> int:
    """How many features of *layer* the view holds; 0 where it is switched off."""
    count: int = page.evaluate(DRAWN, layer)
    return count


def wait_until_drawn(page: Page, layer: str, at_least: int = 1) -> int:
    """Wait for *at_least* features of *layer* in view."""
    page.wait_for_function(f"([name, count]) => ({DRAWN})(name) >= count", arg=[layer, at_least])
    return drawn(page, layer)


def asset_place(page: Page, code: str) -> list[float] | None:
    """[lon, lat] of the marker of the asset *code*, where it is drawn right now."""
    place: list[float] | None = page.evaluate(PLACE, code)
    return place


def wait_for_asset(page: Page, code: str, lon: float, lat: float) -> None:
    """Wait until the marker of the asset *code* has come to rest at a place (± 1 m)."""
    page.wait_for_function(
        f"""([code, lon, lat]) => {{
          const place = ({PLACE})(code);
          return place && Math.abs(place[0] - lon) < 1e-5 && Math.abs(place[1] - lat) < 1e-5;
        }}""",
        arg=[code, lon, lat],
    )


def pixel_of(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where on the page a place is drawn."""
    x, y = page.evaluate(PIXEL, [lon, lat])
    return x, y


def settled(page: Page) -> None:
    """Wait until the map has drawn all it asked for."""
    page.evaluate(SETTLED)


def storms(page: Page) -> list[dict[str, Any]]:
    """The storms that the page knows: name, exercise, count of fixes and the newest time."""
    known: list[dict[str, Any]] = page.evaluate(
        """() => window.halong.storms.all().map(storm => ({
          name: storm.name,
          exercise: storm.exercise,
          fixes: storm.fixes.length,
          newest: storm.fixes.at(-1).time.toISOString(),
        }))"""
    )
    return known
