"""The administration: who is let in, what is shown, and that nothing is changed past the actions."""

import re
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from disaster.models import Incident, RescueAsset, Shelter
from forests.models import ForestCondition
from gis.access.models import Grant, Session, User
from gis.actions.models import Record
from gis.observations.models import Reading, Station
from gis.places.models import Commune, FormerCommune
from gis.web.admin.house import HouseAdmin
from gis.web.admin.site import site
from land.models import Parcel

pytestmark = pytest.mark.django_db
SINCE = "2025-07-01"
OWN_TABLES = {"access_session", "access_signinevent"}


def browser(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def also(username: str, role: str, commune: str | None = None) -> None:
    user = User.objects.get(username=username)
    Grant.objects.create(user=user, role=role, commune_id=commune, valid_from=SINCE)


def place(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def first(model: type[Model], model_admin: ModelAdmin[Any]) -> Model | None:
    return model._default_manager.order_by("pk").first()


def whole_database() -> dict[str, tuple[int, str]]:
    """Rows and their digest of every table that is not a browser's own."""
    state = {}
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - OWN_TABLES
        for table in sorted(tables - {"spatial_ref_sys"}):
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM "{table}" AS t')
            state[table] = cursor.fetchone()
    return state


def test_roles_of_the_back_office_are_let_in_and_nobody_else() -> None:
    assert browser("admin").get("/admin/").status_code == browser("operator").get("/admin/").status_code == 200
    for username in ("leader", "land.halong", "viewer"):
        assert browser(username).get("/admin/", follow=True).status_code == 403
    asked = Client().get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_flags_that_were_set_past_the_service_let_nobody_in() -> None:
    User.objects.filter(username="viewer").update(is_staff=True, is_superuser=True)
    client = browser("viewer")
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(place(User, "changelist"), follow=True).status_code == 403
    assert client.post(place(User, "changelist") + "do/create/", {"username": "x"}, follow=True).status_code == 403


def test_an_admin_of_a_single_commune_is_not_let_in() -> None:
    also("viewer", "admin", "06685")
    assert browser("viewer").get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_list_and_every_page_opens_in_both_languages(language: str) -> None:
    client = browser("admin")
    client.post("/language/", {"language": language, "next": "/"})
    for model, model_admin in site._registry.items():
        assert isinstance(model_admin, HouseAdmin)
        shown = client.get(place(model, "changelist"))
        assert shown.status_code == 200, model
        searched = client.get(place(model, "changelist"), {"q": "ha long"} if model_admin.search_fields else {})
        assert searched.status_code == 200, model
        record = first(model, model_admin)
        if record is not None:
            assert client.get(place(model, "change", record.pk)).status_code == 200, model


def test_no_form_of_djangos_own_changes_anything() -> None:
    """Add, change, delete, bulk actions, list editing: refused for every model, whatever the account's flags."""
    User.objects.filter(username="admin").update(is_staff=True, is_superuser=True)
    client = browser("admin")
    before = whole_database()
    for model, model_admin in site._registry.items():
        form = {field.name: "1" for field in model._meta.concrete_fields} | {"_save": "1", "post": "yes"}
        record = first(model, model_admin)
        addresses = [place(model, "add")]
        if record is not None:
            addresses += [place(model, "change", record.pk), place(model, "delete", record.pk)]
        for address in addresses:
            assert client.post(address, form).status_code in (403, 404, 405), address
        bulk = {"action": "delete_selected", "_selected_action": [record.pk if record else 1], "post": "yes"}
        editing = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "1", **bulk}
        client.post(place(model, "changelist"), editing)
    client.post("/admin/password_change/", {"new_password1": "x" * 12, "new_password2": "x" * 12})
    assert whole_database() == before


def test_every_verb_that_changes_something_leaves_a_record() -> None:
    client = browser("admin")
    before = Record.objects.count()
    made = client.post(place(User, "changelist") + "do/create/", {"username": "moi.toanh", "last_name": "Nguyễn"})
    assert made.status_code == 200 and "no-store" in made["Cache-Control"]
    link = re.search(r'value="http://testserver(/accounts/invitation/[^"]+)"', made.content.decode())
    assert link and Client().get(link[1]).status_code == 302
    user = User.objects.get(username="moi.toanh")
    verbs: list[tuple[str, dict[str, str]]] = [
        ("correct", {"last_name": "Trần", "first_name": "Bình", "email": "binh@example.vn"}),
        ("grant", {"role": "land_officer", "commune": "06685", "valid_from": SINCE, "last_day": ""}),
        ("reset-password", {}),
        ("temporary-password", {}),
        ("deactivate", {"reason": "nghỉ hưu"}),
        ("reactivate", {}),
    ]
    for number, (verb, form) in enumerate(verbs, 2):
        answer = client.post(f"/admin/access/user/{user.pk}/do/{verb}/", form)
        assert answer.status_code in (200, 302), (verb, answer.content.decode()[-1500:])
        assert Record.objects.count() == before + number, verb
    grant = Grant.objects.get(user=user)
    assert client.post(f"/admin/access/grant/{grant.pk}/do/end/", {}).status_code == 302
    grant.refresh_from_db()
    assert grant.valid_to is not None
    told = client.get(reverse("admin:actions_record_changelist"), {"target__exact": f"user:{user.pk}"})
    assert "access.deactivate_account" in told.content.decode()


def test_an_operator_looks_at_accounts_and_changes_none() -> None:
    client = browser("operator")
    user = User.objects.get(username="duty")
    page = client.get(place(User, "change", user.pk)).content.decode()
    assert "duty" in page and "/do/" not in page
    assert client.post(f"/admin/access/user/{user.pk}/do/deactivate/", {}).status_code == 403
    assert client.get(reverse("admin:actions_record_changelist")).status_code == 403
    user.refresh_from_db()
    assert user.is_active


def test_the_last_administrator_stays_and_the_rule_names_itself() -> None:
    client = browser("admin")
    admin = User.objects.get(username="admin")
    refused = client.post(f"/admin/access/user/{admin.pk}/do/deactivate/", {})
    assert refused.status_code == 422 and "quản trị viên không thời hạn cuối cùng" in refused.content.decode()
    grant = Grant.objects.get(user=admin, role="admin")
    assert client.post(f"/admin/access/grant/{grant.pk}/do/end/", {}).status_code == 422
    also("leader", "admin")
    assert client.post(f"/admin/access/grant/{grant.pk}/do/end/", {}).status_code == 302
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_deactivated_account_is_signed_out_at_once(password: str) -> None:
    duty = browser("duty")
    user = User.objects.get(username="duty")
    assert browser("admin").post(f"/admin/access/user/{user.pk}/do/deactivate/", {}).status_code == 302
    assert duty.get("/accounts/me/").status_code == 401
    assert not Session.objects.filter(user=user).exists()
    answer = Client().post("/accounts/login/", {"username": "duty", "password": password})
    assert answer.status_code == 200


def test_a_parcel_is_corrected_by_its_action_alone() -> None:
    parcel = Parcel.objects.current().filter(commune="06685").exclude(land_use__in=("CQP", "CAN"))[0]
    address = f"/admin/land/parcel/{parcel.pk}/do/correct-attributes/"
    form = {
        "land_use": parcel.land_use_id, "sheet": parcel.sheet, "number": "4321",
        "legal_area_m2": str(parcel.legal_area_m2).replace(".", ","), "document": "QĐ 12/2026",
        "version": parcel.version,
    }  # fmt: skip
    assert browser("admin").post(address, form).status_code == 403
    also("admin", "land_officer", "06685")
    client = browser("admin")
    assert "correct-attributes" in client.get(place(Parcel, "change", parcel.pk)).content.decode()
    wrong = client.post(address, {**form, "number": "999999"})
    assert wrong.status_code == 422 and "errorlist" in wrong.content.decode()
    assert client.post(address, form).status_code == 302
    now = Parcel.objects.current().get(identifier=parcel.identifier)
    assert (now.number, now.version) == (4321, parcel.version + 1)
    assert Record.objects.filter(action="land.correct_attributes", target=f"parcel:{parcel.identifier}").exists()
    stale = client.post(f"/admin/land/parcel/{now.pk}/do/correct-attributes/", {**form, "number": "55"})
    assert stale.status_code == 422 and Parcel.objects.current().get(pk=now.pk).number == 4321


def test_an_asset_is_moved_by_a_place_on_the_map() -> None:
    asset = RescueAsset.objects.exclude(position=None)[0]
    also("admin", "duty_officer")
    client = browser("admin")
    address = f"/admin/disaster/rescueasset/{asset.pk}/do/move/"
    assert 'name="position_lon"' in client.get(address).content.decode()
    form = {"position_lon": "107,123456", "position_lat": "20,9", "time_0": "2026-11-20", "time_1": "10:00:00"}
    assert client.post(address, {**form, "position_lat": "95"}).status_code == 422
    assert client.post(address, form).status_code == 302
    assert Record.objects.filter(action="disaster.move_asset", target=f"asset:{asset.code}").exists()


def test_an_operator_is_shown_nothing_private_and_cannot_ask_for_it() -> None:
    operator, admin = browser("operator"), browser("admin")
    hidden = Parcel.objects.current().filter(land_use__in=("CQP", "CAN")).first()
    assert hidden is not None
    assert admin.get(place(Parcel, "change", hidden.pk)).status_code == 200
    assert operator.get(place(Parcel, "change", hidden.pk), follow=True).redirect_chain[-1][0] == "/admin/"
    asset = RescueAsset.objects.exclude(contact="").first()
    assert asset is not None
    assert asset.contact in admin.get(place(RescueAsset, "change", asset.pk)).content.decode()
    assert asset.contact not in operator.get(place(RescueAsset, "change", asset.pk)).content.decode()
    assert operator.get(place(RescueAsset, "changelist"), {"contact__startswith": "0"}).status_code in (302, 400)
    assert admin.get(place(User, "changelist"), {"password__startswith": "p"}).status_code in (302, 400)


def test_names_are_found_without_their_diacritics() -> None:
    client = browser("admin")
    found = client.get(place(Commune, "changelist"), {"q": "ha long"}).context["cl"].result_list
    assert "06688" in {commune.pk for commune in found}
    assert [one.pk for one in client.get(place(Commune, "changelist"), {"q": "06978"}).context["cl"].result_list] == [
        "06970"
    ]
    parcel = Parcel.objects.current()[0]
    by_number = client.get(place(Parcel, "changelist"), {"q": f"{parcel.sheet}/{parcel.number}"})
    assert parcel.identifier in {one.identifier for one in by_number.context["cl"].result_list}


def test_a_list_of_parcels_counts_no_table(django_assert_max_num_queries: Any) -> None:
    client = browser("admin")
    client.get("/admin/")
    with django_assert_max_num_queries(14) as asked:
        shown = client.get(place(Parcel, "changelist"))
    assert shown.context["cl"].result_count > 2000
    statements = [query["sql"] for query in asked.captured_queries]
    assert not [one for one in statements if "COUNT(*)" in one and "LIMIT" not in one]


def test_the_versions_of_all_times_are_listed_without_sorting_them() -> None:
    """Only what an index holds in order is ordered so: the rest may be millions."""
    client = browser("admin")
    for parameters in ({}, {"versions": "all"}, {"commune__code__exact": "06685"}):
        rows = client.get(place(Parcel, "changelist"), parameters).context["cl"].queryset
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")  # of few rows it is the cheaper way
            plan = rows[:50].explain()
            for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
                cursor.execute(f"RESET {setting}")
        assert "Incremental Sort" in plan or "Sort" not in plan, (parameters, plan)
    last = client.get(place(Parcel, "changelist"), {"p": "99999"}, follow=True)
    assert last.redirect_chain and last.status_code == 200


def test_shelters_are_added_edited_and_removed_by_their_actions() -> None:
    operator, client = browser("operator"), browser("admin")
    form = {
        "code": "TB-99", "name": "Trường THCS Bãi Cháy", "kind": "evacuation", "capacity": "300",
        "contact": "0203 111 222", "position_lon": "107,05", "position_lat": "20,96", "source": "QĐ 5/2026",
    }  # fmt: skip
    add = place(Shelter, "changelist") + "do/add/"
    assert operator.post(add, form).status_code == 403
    assert client.post(add, {**form, "position_lon": "200"}).status_code == 422
    assert client.post(add, form).status_code == 302
    shelter = Shelter.objects.get(code="TB-99")
    assert "0203 111 222" not in operator.get(place(Shelter, "change", shelter.pk)).content.decode()
    found = client.get(place(Shelter, "changelist"), {"q": "truong thcs bai chay"}).context["cl"].result_list
    assert [one.pk for one in found] == [shelter.pk]
    edit = f"/admin/disaster/shelter/{shelter.pk}/do/edit/"
    assert 'value="107.05"' in client.get(edit).content.decode().replace("107,05", "107.05")
    assert client.post(edit, {**form, "version": "1"}).status_code == 422, "nothing would change"
    assert client.post(edit, {**form, "capacity": "350", "version": "1", "document": "QĐ 6/2026"}).status_code == 302
    assert client.post(edit, {**form, "capacity": "360", "version": "1"}).status_code == 422, "it was read before"
    shelter.refresh_from_db()
    assert (shelter.capacity, shelter.version) == (350, 2)
    remove = f"/admin/disaster/shelter/{shelter.pk}/do/remove/"
    assert client.post(remove, {"version": "2", "document": "QĐ 7/2026"}).status_code == 302
    kept = Record.objects.filter(target="shelter:TB-99").order_by("id").values_list("action", "actor_name")
    verbs = ("add_shelter", "edit_shelter", "remove_shelter")
    assert list(kept) == [(f"disaster.{verb}", "admin") for verb in verbs]


def test_incidents_do_not_exist_for_operators_and_are_kept_by_who_is_on_duty() -> None:
    also("admin", "duty_officer")
    client, operator = browser("admin"), browser("operator")
    form = {
        "kind": "flood", "text": "Ngập đường Hạ Long", "position_lon": "107.05", "position_lat": "20.96",
        "time_0": "2026-11-20", "time_1": "10:00:00", "contact": "", "source": "",
    }  # fmt: skip
    assert client.post(place(Incident, "changelist") + "do/report/", form).status_code == 302
    incident = Incident.objects.latest("pk")
    assert incident.text == "Ngập đường Hạ Long"
    for address in (place(Incident, "changelist"), place(Incident, "change", incident.pk)):
        assert client.get(address).status_code == 200 and operator.get(address).status_code == 403
    assert "/disaster/incident/" not in operator.get("/admin/").content.decode()
    status = f"/admin/disaster/incident/{incident.pk}/do/status/"
    assert operator.post(status, {"status": "resolved", "version": "1"}).status_code == 403
    assert client.post(status, {"status": "confirmed", "version": "1", "reason": "đã kiểm tra"}).status_code == 302
    assert client.post(status, {"status": "resolved", "version": "1"}).status_code == 422
    incident.refresh_from_db()
    assert incident.status == "confirmed"


def test_a_reading_is_recorded_by_who_keeps_the_station() -> None:
    station = Station.objects.filter(kind="rain")[0]
    address = f"/admin/observations/station/{station.pk}/do/read/"
    now = timezone.localtime().replace(microsecond=0)
    form = {
        "quantity": "rain", "value": "12,5", "minutes": "60", "source": "Sổ",
        "time_0": f"{now:%Y-%m-%d}", "time_1": f"{now:%H:%M:%S}",
    }  # fmt: skip
    assert browser("admin").post(address, form).status_code == 403
    also("admin", "observer")
    client = browser("admin")
    wrong = client.post(address, {**form, "value": "9999"})
    assert wrong.status_code == 422 and "errorlist" in wrong.content.decode()
    assert client.post(address, form).status_code == 302
    reading = Reading.objects.get(station=station, source="Sổ")
    assert (str(reading.value), reading.time) == ("12.50", now)
    found = client.get(place(Reading, "changelist"), {"q": station.code}).context["cl"].result_list
    assert reading.pk in {one.pk for one in found}
    assert "12,5" in client.get(place(Station, "change", station.pk)).content.decode()


def test_codes_are_told_in_the_language_of_the_page() -> None:
    client = browser("admin")
    parcel = Parcel.objects.current().filter(land_use="ODT")[0]
    assert parcel.land_use.name in client.get(place(Parcel, "change", parcel.pk)).content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.get(place(Parcel, "change", parcel.pk)).content.decode()
    assert parcel.land_use.name_en in page and parcel.land_use.name not in page
    shown = client.get(place(ForestCondition, "changelist"), {"by_group": "bare land"})
    assert shown.context["cl"].result_count == 6 and "Bare land" in shown.content.decode()


def test_people_and_former_communes_are_found_without_diacritics() -> None:
    User.objects.filter(username="duty").update(last_name="Nguyễn Đức", first_name="Hiếu")
    client = browser("admin")
    found = client.get(place(User, "changelist"), {"q": "nguyen duc hieu"}).context["cl"].result_list
    assert [one.username for one in found] == ["duty"]
    former = FormerCommune.objects.get(code="06685")
    page = client.get(place(FormerCommune, "changelist"), {"q": former.name.lower()}).content.decode()
    assert str(former.successions.all()[0].commune) in page
