"""The communes of before 1 July 2025, and which of today's each of them went into."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from gis.places.models import Commune, CommuneSuccession, FormerCommune


def test_each_former_commune_has_one_main_successor_and_each_of_today_a_predecessor(db: None) -> None:
    assert FormerCommune.objects.count() == 171 and CommuneSuccession.objects.count() == 184
    assert not FormerCommune.objects.exclude(successions__relation__in=["whole", "part_default"]).exists()
    assert not Commune.objects.filter(predecessors=None).exists()


def test_a_divided_commune_tells_of_all_its_successors(db: None) -> None:
    former = FormerCommune.objects.get(name="Hà Khẩu")
    told = former.successions.values_list("commune__name", "relation")
    assert set(told) == {("Việt Hưng", "part_default"), ("Tuần Châu", "part")}
    assert (former.kind, former.district_name) == ("phuong", "Thành phố Hạ Long")


def test_loading_the_province_again_doubles_nothing_and_brings_what_is_missing(db: None) -> None:
    CommuneSuccession.objects.filter(commune="06970").delete()
    call_command("load_province", parcels=3000, verbosity=0)
    assert CommuneSuccession.objects.count() == 184


def test_a_former_commune_went_to_one_place_in_the_main(db: None) -> None:
    with pytest.raises(IntegrityError, match="main_successor"), transaction.atomic():
        CommuneSuccession.objects.create(former_id="06655", commune_id="06673", relation="whole")


def test_the_succession_is_that_of_its_source(db: None, shared_data: Path) -> None:
    path = shared_data / "admin" / "qn_crosswalk_171old_54new_communes.csv"
    with path.open(encoding="utf-8-sig", newline="") as source:
        expected = {
            (row["old_code"], row["old_name"], row["old_district"], row["new_code"], row["relation"])
            for row in csv.DictReader(source)
        }
    titles = {"phuong": "Phường", "xa": "Xã", "thi_tran": "Thị trấn"}
    stored = CommuneSuccession.objects.select_related("former")
    assert expected == {
        (
            one.former_id,
            f"{titles[one.former.kind]} {one.former.name}",
            one.former.district_name,
            one.commune_id,
            one.relation,
        )
        for one in stored
    }
