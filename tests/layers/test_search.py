"""What is found by typing, and by whom."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from disaster.models import Incident, RescueAsset, Shelter
from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.database.folding import fold
from gis.layers import Field, Layer, Rule, Search, Style, register
from gis.layers.search import LONGEST_TEXT, Found, search
from gis.observations.models import Station
from gis.places.models import Commune, CommuneSuccession
from land.models import LandUse, Parcel
from mines.models import Concession, WasteDump

pytestmark = pytest.mark.django_db
PUBLIC = Viewer.public()


def found(text: str, viewer: Viewer = PUBLIC, limit: int = 10) -> list[tuple[str, str]]:
    return [(one.layer.name, str(one.key)) for one in search(viewer, text, limit)]


def best(text: str) -> Found:
    return search(PUBLIC, text)[0]


@pytest.mark.parametrize(
    "text", ["Hồng Gai", "hong gai", "HỒNG GAI", "phường Hồng Gai", "p. hong gai", "hong ga", "06685"]
)
def test_a_commune_is_found_by_its_name_and_code(text: str) -> None:
    assert found(text)[0] == ("communes", "06685")


def test_a_commune_is_found_by_the_name_of_one_that_went_into_it() -> None:
    one = best("giếng đáy")
    assert (one.layer.name, one.key) != ("communes", "")
    assert "Giếng Đáy" in one.subtitle
    assert one.title == Commune.objects.get(code=one.key).name


def test_a_commune_is_found_by_an_old_code_and_by_an_alias() -> None:
    assert ("communes", "06970") in found("06978")
    assert "Hà Khánh" in next(one.subtitle for one in search(PUBLIC, "06649") if one.layer.name == "communes")


def test_what_agrees_with_its_diacritics_comes_first() -> None:
    names = {one.title: place for place, one in enumerate(search(PUBLIC, "đông", 20))}
    with_marks = [place for name, place in names.items() if name.startswith("Đông")]
    assert with_marks
    assert with_marks == sorted(with_marks)
    assert max(with_marks) < len(with_marks)


def test_the_whole_name_comes_before_one_that_begins_with_it() -> None:
    titles = [one.title for one in search(PUBLIC, "mong cai", 10)]
    assert titles[0].startswith("Móng Cái")
    assert best("uong bi").title == "Uông Bí"


def some_parcel() -> Parcel:
    return Parcel.objects.current().visible_in("").order_by("identifier")[1000]


def test_a_parcel_is_found_by_its_identifier_and_how_it_begins() -> None:
    parcel = some_parcel()
    written = parcel.identifier
    assert found(written) == [("parcels", written)]
    assert ("parcels", written) in found(written[:7])
    assert found(f"{written[:4]} {written[4:8]} {written[8:]}") == [("parcels", written)]
    assert best(written).place is not None


@pytest.mark.parametrize(
    "form", ["tờ {sheet} thửa {number} {commune}", "to {sheet} thua {number}, {commune}", "{sheet}/{number} {commune}",
             "thửa {number} tờ {sheet} {commune}", "tờ bản đồ số {sheet}, thửa đất số {number}, phường {commune}",
             "sheet {sheet} parcel {number} {commune}"],
)  # fmt: skip
def test_a_parcel_is_found_by_sheet_and_number(form: str) -> None:
    parcel = some_parcel()
    text = form.format(sheet=parcel.sheet, number=parcel.number, commune=parcel.commune.name)
    keys = {key for layer, key in found(text, limit=50) if layer == "parcels"}
    twins = Parcel.objects.current().filter(sheet=parcel.sheet, number=parcel.number, commune=parcel.commune)
    assert parcel.identifier in keys
    assert keys == set(twins.values_list("identifier", flat=True))


def test_sheet_and_number_alone_find_that_parcel_in_every_commune() -> None:
    parcel = some_parcel()
    expected = Parcel.objects.current().visible_in("").filter(sheet=parcel.sheet, number=parcel.number)
    keys = [key for layer, key in found(f"{parcel.sheet}/{parcel.number}", limit=50) if layer == "parcels"]
    assert len(keys) == min(expected.count(), 50)


def test_land_of_defence_is_found_by_nobody_who_may_not_see_it(viewer: Any) -> None:
    parcel = Parcel.objects.current().visible_in("").filter(commune_id="06685").order_by("identifier")[0]
    Parcel.objects.filter(pk=parcel.pk).update(valid_to="2026-01-01")
    hidden = Parcel(
        identifier=parcel.identifier, commune_id="06685", sheet=parcel.sheet, number=parcel.number,
        land_use=LandUse.objects.get(code="CQP"), legal_area_m2=parcel.legal_area_m2, ring=parcel.ring,
        valid_from="2026-01-01", version=parcel.version + 1, source="QĐ",
    )  # fmt: skip
    hidden.save()
    for text in (parcel.identifier, f"{parcel.sheet}/{parcel.number} Hồng Gai"):
        assert ("parcels", parcel.identifier) not in found(text, limit=50)
        assert ("parcels", parcel.identifier) not in found(text, viewer("land.mongcai"), limit=50)
        assert ("parcels", parcel.identifier) in found(text, viewer("land.halong"), limit=50)


def test_plots_licences_assets_and_storms_are_found() -> None:
    plot = ForestPlot.objects.order_by("code")[7]
    assert found(plot.code)[0] == ("forest_plots", plot.code)
    spoken = f"tiểu khu {plot.compartment} khoảnh {plot.sub_compartment} lô {plot.plot} {plot.commune.name}"
    assert found(spoken) == [("forest_plots", plot.code)]
    licence = Concession.objects.order_by("licence_number")[3].licence_number
    assert ("mining_concessions", licence) in found(licence.split("/")[0].lower())
    assert found(licence)[0] == ("mining_concessions", licence)
    asset = RescueAsset.objects.filter(position__isnull=False).order_by("code")[0]
    assert found(asset.code)[0] == ("rescue_assets", asset.code)
    for text in ("yagi", "bão số 3", "bao so 3 2024", "bão Yagi", "storm no. 3"):
        assert search(PUBLIC, text)[0].title == "YAGI 2024"


def test_shelters_gauges_and_dumps_are_found_by_name_and_code() -> None:
    for layer, model in (("shelters", Shelter), ("gauges", Station), ("waste_dumps", WasteDump)):
        row = model.objects.order_by("code")[1]
        assert (layer, row.code) in found(fold(row.name), limit=50), layer
        assert (layer, row.code) in found(row.code.lower()), layer


def test_archipelagos_and_seas_are_found_by_their_names() -> None:
    for text, name in (("hoang sa", "Hoàng Sa"), ("quần đảo trường sa", "Trường Sa")):
        one = best(text)
        assert (one.layer.name, name in one.title) == ("place_labels", True), text


def test_a_place_name_after_a_name_narrows_it_to_that_commune_also_to_an_old_one() -> None:
    """Giếng Đáy went into a commune of another name in July 2025."""
    succession = CommuneSuccession.objects.filter(former__name="Giếng Đáy").get()
    home, away = succession.commune, Commune.objects.exclude(pk=succession.commune_id)[0]
    place = Shelter.objects.order_by("code")[0].position
    for code, commune in (("TT-1", home), ("TT-2", away)):
        Shelter.objects.create(
            code=code, name="Nhà văn hóa Sóng Biển", kind="evacuation", commune=commune, position=place, source="thử"
        )
    for text in (f"song bien {fold(home.name)}", "song bien gieng day", "Sóng Biển phường Giếng Đáy"):
        assert found(text) == [("shelters", "TT-1")], text
    assert set(found("song bien")) == {("shelters", "TT-1"), ("shelters", "TT-2")}
    assert ("shelters", "TT-1") in found("giếng đáy", limit=50)
    assert ("shelters", "TT-2") not in found("giếng đáy", limit=50)


def test_an_incident_is_found_by_those_alone_whom_it_is_for(viewer: Any) -> None:
    place = Shelter.objects.order_by("code")[0].position
    incident = Incident.objects.create(
        kind="flood", text="Nước dâng vào nhà bà Quýnh", commune_id="06685", position=place, contact="0900 123 457",
        reported_at=datetime(2024, 9, 7, tzinfo=UTC), source="thử",
    )  # fmt: skip
    one = ("incidents", str(incident.pk))
    for text in ("ba quynh", f"sự cố {incident.pk}", f"incident {incident.pk}", "quynh hong gai"):
        for who in (PUBLIC, viewer("land.halong"), viewer("viewer")):
            assert not [layer for layer, _key in found(text, who, 50) if layer == "incidents"], text
        assert one in found(text, viewer("duty"), 50), text
        assert one in found(text, viewer("commune.halong"), 50), text
    elsewhere = Viewer(1, "x", frozenset({("commune_staff", "06712")}))
    assert not found("ba quynh", elsewhere)
    (told,) = search(viewer("duty"), "ba quynh")
    assert "Nước dâng" in told.subtitle and "0900" not in told.subtitle


def test_a_long_report_is_shortened() -> None:
    place = Shelter.objects.order_by("code")[0].position
    Incident.objects.create(
        kind="flood", text="Nước xiết " + "dài " * 400, commune_id="06685", position=place,
        reported_at=datetime(2024, 9, 7, tzinfo=UTC), source="thử",
    )  # fmt: skip
    (told,) = search(Viewer(1, "x", frozenset({("leader", "*")})), "nuoc xiet")
    assert len(told.subtitle) < 200 and "…" in told.subtitle


def test_an_asset_is_found_where_the_public_sees_it(viewer: Any) -> None:
    asset = RescueAsset.objects.filter(position__isnull=False).order_by("code")[0]
    RescueAsset.objects.filter(pk=asset.pk).update(position="SRID=4326;POINT(107.12345 20.98765)")
    public = search(PUBLIC, asset.code)[0]
    assert public.place == pytest.approx((107.12, 20.99))
    duty = search(viewer("duty"), asset.code)[0]
    assert duty.place == pytest.approx((107.12345, 20.98765))


class Wells(Layer):
    """A layer whose owners only its readers may know, in their areas."""

    name = "wells"
    title = "Wells"
    group = "Test"
    model = Concession
    geometry_type = "Polygon"
    key = "licence_number"
    private_roles = frozenset({"land_officer"})
    fields = (Field("licence_number", "Licence"), Field("holder", "Holder", private=True))
    styles = (Style("plain", "Plain", (Rule("Well", fill="#1f6f8b"),)),)
    search = Search(title="{licence_number}", names=("holder",))


def test_private_fields_are_searched_in_the_viewers_areas_alone() -> None:
    from gis.layers import registry

    concession = Concession.objects.order_by("licence_number")[0]
    Concession.objects.update(holder="Bà Nguyễn Thị Giếng")
    here = Viewer(1, "x", frozenset({("land_officer", concession.commune_id)}))
    register(Wells)
    try:
        wells = [key for layer, key in found("thi gieng", PUBLIC, 50) if layer == "wells"]
        own = {key for layer, key in found("thi gieng", here, 50) if layer == "wells"}
    finally:
        registry.unregister("wells")
    assert not wells
    expected = Concession.objects.filter(commune_id=concession.commune_id)
    assert own == set(expected.values_list("licence_number", flat=True))


def test_a_search_that_would_show_a_private_field_is_not_registered() -> None:
    class Telling(Wells):
        search = Search(title="{holder}")

    with pytest.raises(ValueError, match="private"):
        register(Telling)


@pytest.mark.parametrize(
    "text",
    ["", "a", "%", "_%_", "'; DROP TABLE land_parcel; --", '"\\', "\x00\x01", "🌊🌊", "{title}", "x" * LONGEST_TEXT * 3,
     "1/" + "9" * 190, "tờ 9999999999999 thửa 1", "a " * 90, "\u0301\u0323", "%s %(text)s", "đ" * 199],
)  # fmt: skip
def test_hostile_texts_find_nothing_and_break_nothing(text: str) -> None:
    assert search(PUBLIC, text) == [] == search(Viewer(1, "x", frozenset({("leader", "*")})), text)


def plan_of(text: str, viewer: Viewer = PUBLIC) -> str:
    """How PostgreSQL answers the search's statement, where it may read no table from end to end if it can help it."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        search(viewer, text)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        (statement,) = (one for one in asked if "UNION ALL" in one[0] and "rank" in one[0])
        cursor.execute(f"EXPLAIN {statement[0]}", statement[1])
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("2201", "parcel_by_beginning"),
        ("12/34", "parcel_sheet_number"),
        ("tờ 12 thửa 34 Hồng Gai", "parcel_sheet_number"),
        ("06685-12", "forest_plot_by_beginning"),
        ("tiểu khu 12 khoảnh 3", "forest_plot_by_compartment"),
    ],
)
def test_where_rows_are_many_they_are_looked_up_in_an_index(text: str, index: str) -> None:
    plan = plan_of(text)
    assert f"Index Scan using {index}" in plan or f"Bitmap Index Scan on {index}" in plan
    assert "Seq Scan on land_parcel" not in plan and "Seq Scan on forests_forestplot" not in plan


def test_words_of_reports_are_looked_up_in_their_index() -> None:
    plan = plan_of("nuoc dang", Viewer(1, "x", frozenset({("leader", "*")})))
    assert "incident_words" in plan and "Seq Scan on disaster_incident" not in plan


@pytest.mark.parametrize("text", ["an", "hong gai", "bão"])
def test_short_and_common_words_are_not_looked_for_among_parcels_and_plots(text: str) -> None:
    plan = plan_of(text)
    assert "land_parcel" not in plan and "Seq Scan on forests_forestplot" not in plan


def test_a_search_asks_the_database_no_more_often_than_it_must(django_assert_num_queries: Any) -> None:
    """Its time limit, the names of communes, and one statement for all layers, inside one savepoint."""
    with django_assert_num_queries(5):
        search(PUBLIC, "hong gai")
