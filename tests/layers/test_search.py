"""What is found by typing, and by whom."""

from typing import Any

import pytest
from django.db import connection

from disaster.models import RescueAsset
from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.layers import Field, Layer, Rule, Search, Style, register
from gis.layers.search import LONGEST_TEXT, Found, search
from gis.places.models import Commune
from land.models import LandUse, Parcel
from mines.models import Concession

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
    assert found(licence.split("/")[0].lower())[0] == ("mining_concessions", licence)
    asset = RescueAsset.objects.filter(position__isnull=False).order_by("code")[0]
    assert found(asset.code)[0] == ("rescue_assets", asset.code)
    for text in ("yagi", "bão số 3", "bao so 3 2024", "bão Yagi", "storm no. 3"):
        assert search(PUBLIC, text)[0].title == "YAGI 2024"


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
    assert search(PUBLIC, text) == []


def test_a_prefix_of_identifiers_is_looked_up_in_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM land_parcel WHERE valid_to IS NULL AND recorded_to IS NULL"
            ' AND (identifier COLLATE "C")::text LIKE \'2201%%\' ORDER BY identifier COLLATE "C" LIMIT 10'
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "parcel_by_beginning" in plan
    assert "Sort" not in plan
