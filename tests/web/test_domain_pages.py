"""Lists, details and files of the domains, against the OGC API's numbers."""

import csv
import html
import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.db.models import F
from django.test import Client

from gis.access.models import User
from gis.layers import registry
from gis.web.pages.addresses import domains


def body(client: Client, address: str, status: int = 200, **query: str) -> bytes:
    answer = client.get(address, query)
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert answer.status_code == status, text[:300]
    return text


class Page:
    """A page of a list, as far as a reader goes by its rows and links."""

    def __init__(self, text: str) -> None:
        self.keys = [html.unescape(key) for key in re.findall(r'<tr data-key="([^"]+)"', text)]
        self.text = text

    def href(self, rel: str) -> str:
        found = re.search(rf'<a rel="{rel}" href="([^"]+)"', self.text)
        return html.unescape(found[1]) if found else ""


def features(client: Client, layer: str, **query: str) -> list[dict[str, Any]]:
    text = body(client, f"/ogc/collections/{layer}/items", limit="10000", **query)
    found: list[dict[str, Any]] = json.loads(text)["features"]
    return found


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("domain", ["land", "forests", "mines", "disaster"])
def test_each_domain_tells_what_it_holds(db: None, client: Client, domain: str, language: str) -> None:
    client.cookies["django_language"] = language
    page = body(client, f"/{domain}/").decode()
    assert f'href="/{domain}/" aria-current="true"' in page


def test_a_list_is_narrowed_and_leads_to_a_detail(db: None, client: Client) -> None:
    wanted = features(client, "forest_plots", forest_type="2")
    page = body(client, "/forests/forest_plots/", forest_type="2").decode()
    assert page.count("<tr data-key=") == min(50, len(wanted))
    assert f"/forests/forest_plots/{wanted[0]['id']}" in page
    detail = body(client, f"/forests/forest_plots/{wanted[0]['id']}").decode()
    assert wanted[0]["properties"]["condition_name"] in detail


def test_the_files_hold_the_rows_that_the_ogc_api_counts(db: None, client: Client) -> None:
    address, narrowed = "/forests/forest_plots/", {"forest_type": "3"}
    keys = [one["id"] for one in features(client, "forest_plots", **narrowed)]
    assert keys
    text = body(client, address, f="csv-excel", **narrowed).decode("utf-8-sig")
    assert [row["code"] for row in csv.DictReader(io.StringIO(text, newline=""))] == keys
    sheet = openpyxl.load_workbook(io.BytesIO(body(client, address, f="xlsx", **narrowed))).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] == keys
    found = json.loads(body(client, address, f="geojson", **narrowed))
    assert [one["id"] for one in found["features"]] == keys
    assert found["note"].startswith("Không phải ranh giới pháp lý")


def test_a_text_that_looks_like_a_formula_stays_a_text(db: None, client: Client) -> None:
    from forests.models import ForestPlot

    plot = ForestPlot.objects.order_by("code")[0]
    ForestPlot.objects.filter(pk=plot.pk).update(species="=1+1")
    text = body(client, "/forests/forest_plots/", f="csv", code=plot.code).decode()
    assert next(csv.DictReader(io.StringIO(text, newline="")))["species"] == "'=1+1"
    file = io.BytesIO(body(client, "/forests/forest_plots/", f="xlsx", code=plot.code))
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None and "=1+1" in [cell.value for cell in sheet[3] if cell.data_type == "s"]


def test_owners_are_in_the_lists_and_files_of_those_alone_who_may_see_them(db: None, client: Client) -> None:
    from forests.models import ForestPlot

    plot = ForestPlot.objects.exclude(owner_name="").order_by("code")[0]
    ForestPlot.objects.filter(pk=plot.pk).update(owner_name="Chủ rừng kiểm thử")
    leader = signed_in("leader")
    for address, query in (
        (f"/forests/forest_plots/{plot.code}", {}),
        ("/forests/forest_plots/", {"code": plot.code}),
        ("/forests/forest_plots/", {"code": plot.code, "f": "csv"}),
    ):
        assert "Chủ rừng kiểm thử" not in body(client, address, **query).decode()
        assert "Chủ rừng kiểm thử" in body(leader, address, **query).decode()
    body(client, "/forests/forest_plots/", 400, owner_name="x")


def test_defence_land_is_in_no_list_detail_or_file_of_the_public(db: None, client: Client) -> None:
    hidden = features(signed_in("leader"), "parcels", land_use="CQP")[0]["id"]
    body(signed_in("leader"), f"/land/parcels/{hidden}")
    body(client, f"/land/parcels/{hidden}", 404)
    assert hidden not in body(client, "/land/parcels/", identifier=hidden, f="csv").decode()


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("page", "2", 400),
        ("sheet", "x", 400),
        ("f", "exe", 406),
        ("nothing", "1", 400),
        ("sort", "source", 400),
        ("sort", "--identifier", 400),
        ("after", "x", 400),
        ("after", "WzEsWzJdXQ", 400),
        ("before", "bnVsbA", 400),
        ("after", "WyJcdWQ4MDAiLCAiXHVkODAwIl0", 400),
        ("legal_area_m2.min", "nan", 400),
        ("valid_from.max", "31/02/2024", 400),
        ("sheet.min", "1", 400),
        ("q", "\x00", 400),
        ("q", "a" * 201, 400),
    ],
)
def test_hostile_queries_of_lists_get_a_word(db: None, client: Client, field: str, value: str, status: int) -> None:
    body(client, "/land/parcels/", status, **{field: value})


def test_what_only_a_style_draws_by_is_in_no_list_and_narrows_none(client: Client, db: None) -> None:
    for page in ("/disaster/", "/disaster/storm_fixes/"):
        before, _config, after = client.get(page).content.decode().partition('<script id="config"')
        text = before + after.partition("</script>")[2]  # the map beside it draws by them
        assert "drawn_class" not in text
        assert "Cách vẽ" not in text
    assert "wind_class=super" in client.get("/disaster/").content.decode()


def test_every_layer_has_pages_in_one_domain_but_what_lies_around(db: None) -> None:
    shown = [name for domain in domains() for name in domain.layers]
    around = ["coast", "country_borders", "place_labels", "province"]
    assert sorted([*shown, *around]) == sorted(registry.declared())


def test_the_map_beside_a_list_gets_the_rows_of_its_page(db: None, client: Client) -> None:
    page = body(client, "/forests/forest_plots/", forest_type="2").decode()
    config = json.loads(page.partition('<script id="config" type="application/json">')[2].partition("</script>")[0])
    rows = json.loads(body(client, f"/forests/forest_plots/{config['rows']}"))["features"]
    assert rows
    assert all(f'data-key="{row["id"]}"' in page for row in rows)
    assert page.count("data-key=") == len(rows)


def test_a_detail_leads_to_its_place_on_the_map_and_the_map_to_details(db: None, client: Client) -> None:
    plot = features(client, "forest_plots", forest_type="2")[0]["id"]
    assert f'href="/#at=forest_plots/{plot}"' in body(client, f"/forests/forest_plots/{plot}").decode()
    assert '"pages": "/forests/forest_plots/"' in body(client, "/").decode()


def test_a_list_is_read_from_end_to_end_whatever_comes_and_goes_meanwhile(db: None, client: Client) -> None:
    from forests.models import ForestPlot

    address, keys = "/forests/forest_plots/?sort=-year_planted", list[str]()
    pages = 0
    while address:
        page = Page(body(client, address).decode())
        keys += page.keys
        pages += 1
        if pages == 1:
            ForestPlot.objects.filter(code=page.keys[0]).delete()
        address = page.href("next") and f"/forests/forest_plots/{page.href('next')}"
    expected = [
        *keys[:1],
        *ForestPlot.objects.order_by(F("year_planted").desc(nulls_last=True), "-code").values_list("code", flat=True),
    ]
    assert pages > 2
    assert keys == expected
    back = Page(body(client, f"/forests/forest_plots/{page.href('prev')}").decode())
    assert back.keys == expected[50 * (pages - 2) : 50 * (pages - 1)]


@pytest.mark.parametrize("sort", ["species", "-species", "year_planted", "condition_name"])
def test_the_page_before_is_the_page_that_one_came_from(db: None, client: Client, sort: str) -> None:
    first = Page(body(client, "/forests/forest_plots/", sort=sort).decode())
    second = Page(body(client, f"/forests/forest_plots/{first.href('next')}").decode())
    assert not set(first.keys) & set(second.keys)
    assert Page(body(client, f"/forests/forest_plots/{second.href('prev')}").decode()).keys == first.keys


def test_ranges_and_words_narrow_lists_and_files_alike(db: None, client: Client) -> None:
    from land.models import Parcel

    visible = Parcel.objects.current().visible_in("")
    wanted = visible.filter(legal_area_m2__range=("120.5", "150"), valid_from__lte="2026-01-01")
    narrowed = {"legal_area_m2.min": "120,5", "legal_area_m2.max": "150", "valid_from.max": "01/01/2026"}
    page = body(client, "/land/parcels/", **narrowed).decode()
    assert f'<span class="count">{wanted.count()}</span></h1>' in page
    text = body(client, "/land/parcels/", f="csv", **narrowed).decode()
    assert {row["identifier"] for row in csv.DictReader(io.StringIO(text, newline=""))} == {
        one.identifier for one in wanted
    }
    one = wanted[0]
    named = Page(body(client, "/land/parcels/", q=f"to {one.sheet} thua {one.number}").decode())
    assert one.identifier in named.keys
    assert Page(body(client, "/land/parcels/", q=one.identifier[:9]).decode()).keys == [one.identifier]
    assert Page(body(client, "/land/communes/", q="ha long").decode()).keys
    assert not Page(body(client, "/disaster/shelters/", q="khong co gi").decode()).keys


def test_counts_are_of_what_the_reader_may_see(db: None, client: Client) -> None:
    from land.models import Parcel

    public, everything = Parcel.objects.current().visible_in("").count(), Parcel.objects.current().count()
    assert public < everything
    for reader, number in ((client, public), (signed_in("leader"), everything)):
        for address in ("/land/", "/land/parcels/"):
            assert f'<span class="count">{number:,}</span>'.replace(",", ".") in body(reader, address).decode()
    assert "CQP" not in body(client, "/land/parcels/").decode()
    assert "land_use=CQP" in body(signed_in("leader"), "/land/parcels/").decode()


def test_numbers_are_written_as_the_reader_writes_them(db: None, client: Client) -> None:
    plot = features(client, "forest_plots")[0]
    written = f"{plot['properties']['legal_area_ha']:,.2f}"
    address = f"/forests/forest_plots/{plot['id']}"
    vietnamese = written.translate(str.maketrans(",.", ".,"))
    assert f"<dd>{vietnamese}&nbsp;ha</dd>" in body(client, address).decode()
    client.cookies["django_language"] = "en"
    assert f"<dd>{written}&nbsp;ha</dd>" in body(client, address).decode()


def test_a_detail_tells_corners_and_versions_but_to_the_public_none_that_was_defence_land(
    db: None, client: Client, viewer: Any
) -> None:
    from land.actions.correct_attributes import correct_attributes
    from land.models import Parcel

    officer = viewer("land.halong")
    parcel = Parcel.objects.current().filter(land_use="CQP").select_related("commune").order_by("pk")[0]
    address = f"/land/parcels/{parcel.identifier}"
    body(client, address, 404)
    grants = frozenset((role, parcel.commune_id if area != "*" else area) for role, area in officer.grants)
    editor = type(officer)(officer.user_id, officer.username, grants)
    correct_attributes(editor, parcel.identifier, version=parcel.version, values={"land_use": "ODT"}, document="QĐ 1")
    page = body(client, address).decode()
    assert "VN-2000" in page and page.count("<tr><td") >= 3
    assert "CQP" not in page and "land.halong" not in page
    told = body(signed_in("leader"), address).decode()
    assert "CQP" in told and "land.halong" in told


def test_positions_of_an_asset_are_told_to_those_on_duty_alone(db: None, client: Client) -> None:
    from disaster.models import AssetPosition

    code = AssetPosition.objects.values_list("asset__code", flat=True)[0]
    assert "<h2>Các vị trí</h2>" not in body(client, f"/disaster/rescue_assets/{code}").decode()
    assert "<h2>Các vị trí</h2>" in body(signed_in("duty"), f"/disaster/rescue_assets/{code}").decode()
