"""Signing in: lock-out, invitations, what is due before any right is given."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from gis.access.models import Session, SignInEvent, User
from gis.actions.accounts.create_account import create_account
from gis.actions.accounts.reset_password import reset_password, set_temporary_password
from gis.actions.accounts.unlock_account import unlock_account
from gis.actions.models import Record

pytestmark = pytest.mark.django_db
WRONG = "sai-mat-khau-roi"
NEW = "mot-mat-khau-dai-hon"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any, password: str) -> None:
    """Digests that cost nothing, so that attempts can be counted in dozens."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.update(password=make_password(password))


def sign_in(client: Client, username: str, password: str, **headers: str) -> Any:
    return client.post("/accounts/login/", {"username": username, "password": password, "next": "/"}, **headers)


def who(client: Client) -> str | None:
    """The account that the map knows of in this browser."""
    return client.get("/").context["config"]["user"]  # type: ignore[no-any-return]


def kinds(username: str) -> list[str]:
    return list(SignInEvent.objects.filter(user__username=username).order_by("id").values_list("kind", flat=True))


def test_an_account_is_locked_after_failed_attempts_and_the_page_says_for_how_long(
    client: Client, password: str
) -> None:
    answers = [sign_in(client, "duty", WRONG) for _attempt in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    right = sign_in(client, "duty", password)
    assert right.status_code == 429 and 0 < int(right["Retry-After"]) <= 900
    assert "sau 15 phút" in right.content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert "in 15 minutes" in sign_in(client, "duty", password).content.decode()
    assert who(client) is None
    assert sorted(kinds("duty")) == ["failure"] * 7 + ["locked"]


def test_attempts_during_the_lock_do_not_prolong_it_and_its_end_lets_in(client: Client, password: str) -> None:
    for _attempt in range(7):
        sign_in(client, "duty", WRONG)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14, seconds=30))
    again = sign_in(client, "duty", password)
    assert again.status_code == 429 and again["Retry-After"] == "60"
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client, "duty", password).status_code == 302
    assert who(client) == "duty"
    assert not AccessAttempt.objects.filter(username="duty").exists()


def test_a_name_that_is_no_account_is_answered_and_locked_like_one(client: Client) -> None:
    def told(name: str) -> list[tuple[int, str]]:
        answers = [sign_in(client, name, WRONG) for _attempt in range(6)]
        return [
            (answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode()).replace(name, "NAME"))
            for answer in answers
        ]

    assert told("duty") == told("nobody.of.that.name")


def test_what_was_typed_in_place_of_a_name_is_not_kept_with_the_sign_ins(client: Client) -> None:
    sign_in(client, WRONG, WRONG)
    event = SignInEvent.objects.latest("id")
    assert (event.kind, event.user) == ("failure", None)
    attempt = AccessAttempt.objects.get()
    assert WRONG not in attempt.post_data


def test_a_lock_follows_the_account_to_other_addresses_and_browsers(client: Client, password: str) -> None:
    for number in range(5):
        sign_in(client, "duty", WRONG, REMOTE_ADDR=f"10.0.0.{number}", HTTP_USER_AGENT=f"browser {number}")
    assert sign_in(Client(), "duty", password, REMOTE_ADDR="10.1.1.1").status_code == 429


def test_by_account_and_address_a_stranger_elsewhere_locks_nobody_out(
    client: Client, password: str, settings: Any
) -> None:
    settings.AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
    for _attempt in range(6):
        sign_in(client, "duty", WRONG, REMOTE_ADDR="10.0.0.1")
    assert sign_in(Client(), "duty", password, REMOTE_ADDR="10.0.0.1").status_code == 429
    assert sign_in(Client(), "duty", password, REMOTE_ADDR="10.0.0.2").status_code == 302


@pytest.mark.parametrize(("proxies", "kept"), [(0, "192.0.2.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_the_address_that_is_kept_is_what_trusted_proxies_saw(
    client: Client, settings: Any, proxies: int, kept: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    forwarded = "1.2.3.4, 198.51.100.7, 203.0.113.9"
    sign_in(client, "duty", WRONG, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert SignInEvent.objects.latest("id").address == kept


def test_an_administrator_unlocks(client: Client, viewer: Any, password: str) -> None:
    for _attempt in range(5):
        sign_in(client, "duty", WRONG)
    assert unlock_account(viewer("admin"), "duty") == 5
    assert sign_in(client, "duty", password).status_code == 302
    assert Record.objects.filter(action="access.unlock_account", actor_name="admin").count() == 1


def test_a_new_account_sets_its_password_by_a_link_that_is_good_once(client: Client, viewer: Any) -> None:
    invitation = create_account(viewer("admin"), "nguyen.van.an", first_name="An", last_name="Nguyễn Văn")
    form = client.get(invitation.path, follow=True)
    assert "nguyen.van.an" in form.content.decode()
    assert invitation.path.split("/")[-2] not in form.request["PATH_INFO"], "the address shown does not hold the secret"
    short = client.post(form.request["PATH_INFO"], {"new_password1": "ngan", "new_password2": "ngan"})
    assert 'role="alert"' in short.content.decode()
    done = client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})
    assert (done.status_code, done["Location"]) == (302, "/accounts/login/")
    assert "đã được dùng" in Client().get(invitation.path).content.decode()
    assert sign_in(client, "nguyen.van.an", NEW).status_code == 302
    assert who(client) == "nguyen.van.an"
    assert kinds("nguyen.van.an") == ["reset", "success"]


def test_a_link_of_a_deactivated_account_and_a_made_up_one_lead_nowhere(client: Client, viewer: Any) -> None:
    invitation = create_account(viewer("admin"), "nguyen.van.an")
    User.objects.filter(username="nguyen.van.an").update(is_active=False)
    for path in (invitation.path, "/accounts/invitation/MQ/abc-def/", "/accounts/invitation/%F0/x/"):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200 and "new_password1" not in answer.content.decode()


def test_a_reset_ends_the_password_and_every_session(client: Client, viewer: Any, password: str) -> None:
    sign_in(client, "duty", password)
    invitation = reset_password(viewer("admin"), "duty")
    assert who(client) is None
    assert not Session.objects.filter(user__username="duty").exists()
    assert sign_in(client, "duty", password).status_code == 200
    assert client.get(invitation.path).status_code == 302


def test_a_password_that_was_told_gives_no_right_before_it_is_changed(client: Client, viewer: Any) -> None:
    told = set_temporary_password(viewer("admin"), "duty")
    assert sign_in(client, "duty", told)["Location"] == "/accounts/first-password/"
    assert who(client) is None
    assert client.get("/accounts/me/").status_code == 401
    client.post("/accounts/first-password/", {"new_password1": NEW, "new_password2": NEW})
    assert who(client) == "duty"
    assert sign_in(Client(), "duty", told).status_code == 200
    assert sign_in(Client(), "duty", NEW)["Location"] == "/"


def test_everybody_sees_his_roles_changes_his_password_and_signs_out_everywhere(client: Client, password: str) -> None:
    other = Client()
    sign_in(other, "land.halong", password)
    sign_in(client, "land.halong", password)
    page = client.get("/accounts/me/").content.decode()
    assert "Cán bộ địa chính" in page and "Hồng Gai" in page and "01/07/2025" in page
    form = {"old_password": WRONG, "new_password1": NEW, "new_password2": NEW}
    assert 'role="alert"' in client.post("/accounts/me/password/", form).content.decode()
    assert client.post("/accounts/me/password/", {**form, "old_password": password})["Location"] == "/accounts/me/"
    assert who(client) == "land.halong" and who(other) is None
    sign_in(other, "land.halong", NEW)
    client.post("/accounts/me/sign-out-everywhere/", {"keep": "1"})
    assert who(client) == "land.halong" and who(other) is None
    client.post("/accounts/me/sign-out-everywhere/")
    assert who(client) is None
    done = Record.objects.filter(actor_name="land.halong").values_list("action", flat=True)
    assert {"access.change_password", "access.end_sessions"} <= set(done)


def test_no_history_or_event_holds_a_password(client: Client, viewer: Any, password: str) -> None:
    told = set_temporary_password(viewer("admin"), "duty")
    sign_in(client, "duty", told)
    client.post("/accounts/first-password/", {"new_password1": NEW, "new_password2": NEW})
    kept = str(list(Record.objects.values_list("changes", "reason"))) + str(list(SignInEvent.objects.values()))
    assert told not in kept and NEW not in kept
