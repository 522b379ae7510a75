"""The second factor: enrolling, its codes, what is lost, and who must have one."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp import models as totp_models
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis.access.models import RecoveryCode, Session, SignInEvent, User
from gis.actions.accounts.remove_second_factor import remove_second_factor
from gis.actions.models import Record

pytestmark = pytest.mark.django_db
NOW = 1_800_000_015.0
"""What the clock of authenticators and service shows: the middle of a half minute."""
ASKED, ENROLMENT = "/accounts/second-factor/", "/accounts/second-factor/enrol/"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any, password: str) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.update(password=make_password(password))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that stands still: no code ends while it is being typed."""
    monkeypatch.setattr(totp_models, "time", SimpleNamespace(time=lambda: NOW))


@pytest.fixture
def duty() -> User:
    return User.objects.get(username="duty")


def sign_in(client: Client, username: str, password: str) -> str:
    """Where a right password leads."""
    answer = client.post("/accounts/login/", {"username": username, "password": password, "next": "/accounts/me/"})
    assert answer.status_code == 302
    return str(answer["Location"])


def who(client: Client) -> str | None:
    return client.get("/").context["config"]["user"]  # type: ignore[no-any-return]


def code_of(user: User, *, step: int = 0, confirmed: bool = True) -> str:
    """What the authenticator shows now, or *step* half minutes from now."""
    device = TOTPDevice.objects.get(user=user, confirmed=confirmed)
    shown = TOTP(device.bin_key, device.step, device.t0, device.digits)
    shown.time = NOW + step * device.step
    return f"{shown.token():06d}"


def wrong_code(user: User) -> str:
    near = {code_of(user, step=step) for step in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def forget_failures() -> None:
    """As if the seconds had passed that have to be waited after a wrong code."""
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


def enrolled(user: User, password: str) -> list[str]:
    """*user* enrols on his own page; the recovery codes he is shown."""
    client = Client()
    sign_in(client, user.username, password)
    assert "<svg" in client.get("/accounts/me/second-factor/").content.decode()
    code = code_of(user, step=-1, confirmed=False)
    shown = client.post("/accounts/me/second-factor/", {"code": code}).content.decode()
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", shown)
    assert len(set(codes)) == 10
    return codes


def test_who_enrolled_signs_in_with_password_and_code_and_is_nobody_between(
    client: Client, duty: User, password: str
) -> None:
    enrolled(duty, password)
    assert sign_in(client, "duty", password) == ASKED
    assert who(client) is None
    assert client.get("/accounts/me/").status_code == 401
    assert client.get("/ogc/collections/incidents").status_code == 404
    assert client.post(ASKED, {"code": code_of(duty)})["Location"] == "/accounts/me/"
    assert who(client) == "duty"
    assert client.get("/ogc/collections/incidents").status_code == 200
    events = SignInEvent.objects.filter(user=duty).order_by("id").values_list("kind", flat=True)
    assert list(events) == ["success", "half", "success"]


def test_a_wrong_code_lets_nobody_in_and_slows_the_next_one_down(client: Client, duty: User, password: str) -> None:
    enrolled(duty, password)
    sign_in(client, "duty", password)
    wrong = client.post(ASKED, {"code": wrong_code(duty)}).content.decode()
    assert "Mã này hiện không đúng" in wrong and who(client) is None
    TOTPDevice.objects.update(throttling_failure_count=8)  # the eighth in a row: two minutes
    assert "hãy đợi vài giây" in client.post(ASKED, {"code": code_of(duty)}).content.decode()
    forget_failures()
    assert client.post(ASKED, {"code": code_of(duty)}).status_code == 302 and who(client) == "duty"
    assert SignInEvent.objects.filter(user=duty, kind="second_factor").count() == 2


def test_after_ten_wrong_codes_the_password_is_asked_again(client: Client, duty: User, password: str) -> None:
    enrolled(duty, password)
    sign_in(client, "duty", password)
    for _attempt in range(10):
        forget_failures()
        client.post(ASKED, {"code": wrong_code(duty)})
    forget_failures()
    assert client.post(ASKED, {"code": code_of(duty)})["Location"] == "/accounts/login/"
    assert who(client) is None


def test_a_code_is_good_once(client: Client, duty: User, password: str) -> None:
    enrolled(duty, password)
    code = code_of(duty)
    sign_in(client, "duty", password)
    assert client.post(ASKED, {"code": code}).status_code == 302
    other = Client()
    sign_in(other, "duty", password)
    assert other.post(ASKED, {"code": code}).status_code == 200 and who(other) is None
    forget_failures()
    assert other.post(ASKED, {"code": code_of(duty, step=1)}).status_code == 302 and who(other) == "duty"


def test_recovery_codes_are_good_once_each_and_only_their_digests_are_kept(
    client: Client, duty: User, password: str
) -> None:
    codes = enrolled(duty, password)
    kept = str(list(RecoveryCode.objects.values_list("digest", flat=True)))
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    for code, lets_in in ((codes[0], True), (codes[0], False), (codes[1].upper().replace("-", " "), True)):
        forget_failures()
        browser = Client()
        sign_in(browser, "duty", password)
        browser.post(ASKED, {"code": code})
        assert (who(browser) == "duty") is lets_in
    assert duty.recovery_codes.count() == 8
    forget_failures()
    sign_in(client, "duty", password)
    client.post(ASKED, {"code": code_of(duty)})
    renewed = client.post("/accounts/me/recovery-codes/", {"code": code_of(duty, step=1)}).content.decode()
    assert codes[2] not in renewed and duty.recovery_codes.count() == 10
    late = Client()
    sign_in(late, "duty", password)
    assert late.post(ASKED, {"code": codes[2]}).status_code == 200 and who(late) is None


def test_a_session_from_before_the_enrolment_has_no_rights_until_it_shows_a_code(duty: User, password: str) -> None:
    before = Client()
    sign_in(before, "duty", password)
    enrolled(duty, password)
    assert who(before) is None
    assert before.get("/accounts/me/").status_code == 401


def test_an_administrator_removes_a_lost_one_and_every_session_with_it(
    client: Client, viewer: Any, duty: User, password: str
) -> None:
    enrolled(duty, password)
    sign_in(client, "duty", password)
    client.post(ASKED, {"code": code_of(duty)})
    remove_second_factor(viewer("admin"), "duty", reason="mất điện thoại")
    assert who(client) is None and not Session.objects.filter(user=duty).exists()
    assert not TOTPDevice.objects.filter(user=duty).exists() and not duty.recovery_codes.exists()
    assert sign_in(client, "duty", password) == "/accounts/me/" and who(client) == "duty"
    assert Record.objects.get(action="access.remove_second_factor").reason == "mất điện thoại"


def test_who_holds_a_role_of_the_setting_enrols_before_he_may_do_anything(
    client: Client, duty: User, password: str, settings: Any
) -> None:
    running = Client()
    sign_in(running, "duty", password)
    settings.TWO_FACTOR = "required:leader, duty_officer"
    assert who(running) is None, "a session from before the setting gives no rights"
    assert sign_in(Client(), "land.halong", password) == "/accounts/me/"
    assert sign_in(client, "duty", password) == ENROLMENT
    assert who(client) is None
    client.get(ENROLMENT)
    waiting = code_of(duty, confirmed=False)
    not_right = "000000" if waiting != "000000" else "111111"
    assert client.post(ENROLMENT, {"code": not_right}).status_code == 200 and who(client) is None
    forget_failures()
    shown = client.post(ENROLMENT, {"code": code_of(duty, confirmed=False)}).content.decode()
    assert "/accounts/finish/" in shown and who(client) is None
    assert client.get("/accounts/finish/")["Location"] == "/accounts/me/"
    assert who(client) == "duty"
    settings.TWO_FACTOR = "required"
    assert sign_in(Client(), "land.halong", password) == ENROLMENT


def test_it_is_given_up_with_password_and_code_alone(client: Client, duty: User, password: str) -> None:
    enrolled(duty, password)
    sign_in(client, "duty", password)
    client.post(ASKED, {"code": code_of(duty)})
    address = "/accounts/me/second-factor/"
    client.post(address, {"old_password": "sai-mat-khau-roi", "code": code_of(duty, step=1)})
    assert TOTPDevice.objects.filter(user=duty).exists()
    assert client.post(address, {"old_password": password, "code": code_of(duty, step=1)}).status_code == 302
    assert not TOTPDevice.objects.filter(user=duty).exists()


def test_switched_off_nobody_is_asked(client: Client, duty: User, password: str, settings: Any) -> None:
    enrolled(duty, password)
    settings.TWO_FACTOR = "off"
    assert sign_in(client, "duty", password) == "/accounts/me/" and who(client) == "duty"
