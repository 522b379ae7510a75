"""The first administrator, and one who lost his way in."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gis.access.grants import viewer_of
from gis.access.models import User
from gis.access.roles import ADMIN
from gis.actions.models import Record

PASSWORD = "hoa-phuong-do-2026"


def link_for(username: str) -> str:
    out = StringIO()
    call_command("appoint_admin", username, stdout=out)
    return out.getvalue().splitlines()[-1]


def set_password(client: Client, link: str) -> None:
    form = client.get(link, follow=True)
    answer = client.post(form.request["PATH_INFO"], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer.status_code == 302


def test_a_new_installation_gets_its_first_administrator(client: Client, db: None) -> None:
    set_password(client, link_for("giam.doc"))
    user = User.objects.get(username="giam.doc")
    assert user.check_password(PASSWORD)
    assert viewer_of(user).holds({ADMIN}, None)
    assert set(Record.objects.filter(target=f"user:{user.pk}").values_list("action", flat=True)) >= {
        "access.create_account",
        "access.grant_role",
    }


def test_an_administrator_who_is_shut_out_gets_in_again_and_has_one_grant(client: Client, db: None) -> None:
    User.objects.filter(username="admin").update(is_active=False)
    set_password(client, link_for("admin"))
    user = User.objects.get(username="admin")
    assert user.is_active
    assert user.check_password(PASSWORD)
    assert user.grants.filter(role=ADMIN).count() == 1


def test_a_name_that_cannot_be_one_makes_nothing(db: None) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError):
        call_command("appoint_admin", "một tên có dấu cách", stdout=StringIO())
    assert User.objects.count() == before
