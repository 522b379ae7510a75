"""The land desk: an officer draws, a second pair of eyes checks, a third approves, and the map shows it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import requests
from playwright.sync_api import Page, expect

from support.accessibility import assert_accessible
from support.browser import DESKTOP, PHONE, wait_until_drawn
from support.pictures import pixels
from support.server import Server

Visit = Callable[..., Page]
SHEET = "06685/1"
FIND_A_SPLIT = """async () => {
  const { workbench } = window.desk, { fabric, api } = workbench;
  for (const parcel of fabric.parcels.values()) {
    if (!parcel.editable || parcel.rings.length > 1 || parcel.area_m2 < 150) continue;
    const sides = fabric.sides(parcel).sort((one, other) => fabric.length(other) - fabric.length(one));
    const [first, second] = sides;
    if (fabric.length(second) < 8 || first.some(point => second.includes(point))) continue;
    const line = [first, second].map(side => ({ side, at: fabric.length(side) / 2 }));
    const operation = { op: 'split', parcel: parcel.identifier, line };
    const preview = await api.preview(operation, new AbortController().signal);
    if (!preview.possible) continue;
    const [start, end] = first.map(point => fabric.points.get(point));
    const along = part => [start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])];
    return { parcel: parcel.identifier, wrong: [along(0.3), along(0.7)], right: [along(0.5), fabric.middle(second)] };
  }
  return null;
}"""
"""A parcel that may be split between the middles of its longest sides; a line between two places of one side divides
nothing."""
PIXEL = """place => {
  const box = document.querySelector('#desk-map').getBoundingClientRect();
  const [x, y] = window.desk.workbench.sheet.map.getPixelFromCoordinate(place);
  return [box.x + x, box.y + y];
}"""
ON_LIVE_MAP = """identifiers => {
  const { map } = window.halong;
  const layer = map.getAllLayers().find(one => one.get('name') === 'parcels');
  const drawn = layer.getFeaturesInExtent(map.getView().calculateExtent(map.getSize())).map(one => one.getId());
  return identifiers.every(one => drawn.includes(one));
}"""


@pytest.fixture
def sign_in(visit: Visit, password: str) -> Callable[..., Page]:
    def signed_in(username: str, path: str, **how: Any) -> Page:
        page = visit(f"/accounts/login/?next={path}", **how)
        page.locator("input[name=username]").fill(username)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_function("document.querySelector('#desk')?.getAttribute('aria-busy') === null")
        return page

    return signed_in


def click_at(page: Page, place: list[float]) -> None:
    x, y = page.evaluate(PIXEL, place)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.wait_for_timeout(320)  # two clicks at once are a double click


def settled(page: Page, possible: bool) -> None:
    expect(page.locator(".desk-result")).to_have_attribute("data-possible", str(possible).lower())


def entered(server: Server, password: str, operation: dict[str, Any]) -> None:
    """*operation* by all three over REST, into the register."""
    document = {"kind": "decision", "number": "9/QĐ-UBND", "issued_on": "2025-08-01", "issuer": "UBND phường Hồng Gai"}
    body = {"operation": operation, "title": "Quy hoạch", "document": document, "effective_on": "2025-09-01"}
    officer = server.session("land.halong", password)
    draft = officer.post(f"{server.url}/api/land/drafts", json=body, timeout=30).json()
    for username, step in (("land.halong", "submit"), ("checker", "check"), ("land.halong2", "approve")):
        who = officer if username == "land.halong" else server.session(username, password)
        answer = who.post(
            f"{server.url}/api/land/drafts/{draft['number']}/{step}",
            json={},
            headers={"If-Match": f'"{draft["version"]}"'},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        draft = answer.json()


def rings(parcels: list[dict[str, Any]]) -> list[list[tuple[float, ...]]]:
    """Rings from their least corner on."""
    found = []
    for one in parcels:
        ring = [tuple(place) for place in one["rings"][0]]
        start = ring.index(min(ring))
        found.append(ring[start:] + ring[:start])
    return sorted(found)


def picture(server: Server, box: list[float]) -> Any:
    address = (
        f"{server.url}/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=parcels&STYLES=&CRS=EPSG:3857"
        f"&BBOX={','.join(map(str, box))}&WIDTH=300&HEIGHT=300&FORMAT=image/png"
    )
    return pixels(requests.get(address, timeout=60).content)


def test_a_parcel_is_split_by_one_checked_by_another_and_approved_by_a_third(
    sign_in: Callable[..., Page], open_map: Visit, server: Server, password: str
) -> None:
    page = sign_in("land.halong", f"/land/edit/?sheet={SHEET}")
    found = page.evaluate(FIND_A_SPLIT)
    assert found
    entered(server, password, {"op": "restrict", "parcel": found["parcel"], "restriction": "planning"})
    page.goto(f"{server.url}/land/edit/?parcel={found['parcel']}")
    page.wait_for_function("window.desk?.workbench?.parcel")
    expect(page.locator("h1")).to_have_text("Tờ 1, Hồng Gai")

    # The wrong line is refused, and the map shows where.
    page.locator("#desk-map").focus()
    page.keyboard.press("s")
    for place in found["wrong"]:
        click_at(page, place)
    page.keyboard.press("Enter")
    settled(page, possible=False)
    expect(page.locator(".desk-findings .refuses")).to_contain_text("Đường cắt không chia được thửa đất")
    assert page.evaluate("window.desk.workbench.sheet.counts.failing") > 0
    expect(page.get_by_role("button", name="Trình hồ sơ")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#desk-reason")).to_contain_text("Đường cắt không chia được thửa đất")

    # Taken back and drawn rightly: both ends are on sides, for the server to resolve.
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    for place in found["right"]:
        click_at(page, place)
    page.keyboard.press("Enter")
    expect(page.locator(".desk-findings [data-rule=restriction_undecided]")).to_be_visible()
    page.get_by_role("region", name="Quyền và hạn chế").get_by_role("combobox").first.select_option(label="tiếp tục")
    settled(page, possible=True)
    line = page.evaluate("window.desk.workbench.preview.operation.line")
    assert all("side" in vertex for vertex in line)
    expect(page.locator("#desk-reason")).to_contain_text("Số tài liệu")
    assert_accessible(page)
    papers = page.get_by_role("group", name="Giấy tờ")
    papers.get_by_label("Tiêu đề").fill("Tách thửa tại Hồng Gai")
    papers.get_by_label("Số tài liệu").fill("21/QĐ-UBND")
    papers.get_by_label("Ngày ban hành").fill("2025-08-20")
    papers.get_by_label("Cơ quan ban hành").fill("UBND phường Hồng Gai")
    page.get_by_role("button", name="Trình hồ sơ").click()
    page.wait_for_function("window.desk?.review")
    expect(page.locator("h1 .desk-state")).to_have_text("đã trình")
    address = page.url.removeprefix(server.url)

    # Checked on a telephone, approved on a screen, both with old and new before them.
    checker = sign_in("checker", "/land/edit/", viewport=PHONE)
    checker.get_by_role("region", name="Chờ kiểm tra").get_by_role("link", name="Tách thửa tại Hồng Gai").click()
    checker.wait_for_function("window.desk?.review")
    assert_accessible(checker)
    assert checker.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    checker.get_by_role("button", name="Kiểm tra đạt").click()
    expect(checker.locator("h1 .desk-state")).to_have_attribute("data-state", "checked")

    approver = sign_in("land.halong2", address)
    approver.wait_for_function("window.desk?.review")
    counts = approver.evaluate("[window.desk.review.before.counts, window.desk.review.after.counts]")
    assert counts[0]["parcels"] > 0
    assert counts[1]["outcomes"] >= 2
    draft = requests.get(
        f"{server.url}/api/land{address.replace('/land/edit/?draft=', '/drafts/')}",
        cookies=server.session("land.halong2", password).cookies,
        timeout=30,
    ).json()
    feature = requests.get(f"{server.url}/ogc/collections/parcels/items/{found['parcel']}", timeout=30).json()
    corners = feature["geometry"]["coordinates"][0]
    lon, lat = (sum(corner[axis] for corner in corners[:-1]) / (len(corners) - 1) for axis in (0, 1))
    live = open_map(f"#19/{lat:.6f}/{lon:.6f}&layers=communes,parcels")
    wait_until_drawn(live, "parcels")
    box = live.evaluate("window.halong.map.getView().calculateExtent([160, 160])")
    before = picture(server, box)
    approver.get_by_role("button", name="Duyệt").click()
    expect(approver.locator("h1 .desk-state")).to_have_attribute("data-state", "approved", timeout=30_000)

    # What was shown is what is stored, and every map draws it.
    new = approver.evaluate(
        """async sheet => (await window.desk.review.api.sheet(sheet).then(told =>
          told.parcels.map(one => ({ ...one, rings: one.rings.map(ring => ring.map(id => told.points[id])) }))))""",
        SHEET,
    )
    was = approver.evaluate("[...window.desk.review.fabric.parcels.keys()]")
    assert found["parcel"] not in was
    born = [one for one in draft["preview"]["parcels"] if one["new"]]
    wanted = rings(born)
    stored = [one for one in new if rings([one])[0] in wanted]
    assert rings(stored) == wanted
    assert len(stored) == 2
    held = server.session("land.halong2", password).get(
        f"{server.url}/api/land/parcels/{stored[0]['identifier']}/rights", timeout=30
    )
    assert "planning" in held.text
    live.wait_for_function(ON_LIVE_MAP, arg=[one["identifier"] for one in stored])
    assert (np.abs(picture(server, box).astype(int) - before).max(axis=-1) > 40).sum() > 20
    expect(approver.locator(".desk-chosen a").first).to_have_attribute(
        "href", f"/land/parcels/{stored[0]['identifier']}"
    )


def test_the_desk_says_what_it_needs_and_speaks_english(
    sign_in: Callable[..., Page], visit: Visit, server: Server, password: str
) -> None:
    answer = requests.get(f"{server.url}/land/edit/", headers={"Accept": "text/html"}, timeout=30)
    assert answer.status_code == 401
    assert "/accounts/login/?next=" in answer.text
    answer = server.session("viewer", password).get(f"{server.url}/land/edit/", timeout=30)
    assert answer.status_code == 403
    page = sign_in("land.halong", f"/land/edit/?sheet={SHEET}", language="en", viewport=DESKTOP)
    expect(page.locator("h1")).to_have_text("Sheet 1, Hồng Gai")
    page.keyboard.press("g")
    expect(page.get_by_role("button", name="Merge")).to_have_attribute("aria-pressed", "true")
    neighbours = page.evaluate(
        """async () => {
          const { fabric, api } = window.desk.workbench;
          const all = [...fabric.parcels.values()].filter(one => one.editable && one.rings.length === 1);
          for (const [index, one] of all.entries()) {
            const other = all[index + 1];
            if (!other || one.land_use !== other.land_use) continue;
            const operation = { op: 'merge', parcels: [one.identifier, other.identifier] };
            const preview = await api.preview(operation, new AbortController().signal);
            if (preview.possible) return operation.parcels;
          }
          return null;
        }"""
    )
    for identifier in neighbours:
        page.get_by_label("Add a parcel").select_option(identifier)
    settled(page, possible=True)
    expect(page.locator(".desk-areas .desk-sum")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Merge")).to_have_attribute("aria-pressed", "false")
    page.goto(f"{server.url}/land/parcels/{neighbours[0]}")
    page.get_by_role("link", name="Open on the desk").click()
    page.wait_for_function("window.desk?.workbench?.parcel")
