"""Lists, details and files of the domains, against the OGC API's numbers."""

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client

from gis.access.models import User
from gis.layers import registry
from gis.web.pages.addresses import domains


def body(client: Client, address: str, status: int = 200, **query: str) -> bytes:
    answer = client.get(address, query)
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert answer.status_code == status, text[:300]
    return text


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
    text = body(client, address, f="csv", bom="1", **narrowed).decode("utf-8-sig")
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
    [("page", "0", 400), ("page", "99999999", 400), ("sheet", "x", 400), ("f", "exe", 406), ("nothing", "1", 400)],
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
