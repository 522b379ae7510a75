"""A new password for who forgot his."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis.access.invitations import reset_tokens
from gis.access.models import Identity, Session, SignInEvent, User
from gis.web.accounts import forgotten
from support.smtp import MailServer, running_mail_server

NEW = "mot-mat-khau-dai-hon"
ADDRESS = "truc.ban@quangninh.example"
PAGE = "/accounts/forgotten/"


@pytest.fixture
def post(fresh_database: str, settings: Any, password: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server, and a duty officer whose account has an address."""
    monkeypatch.setattr(forgotten, "AFTER_SECONDS", 0)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.update(password=make_password(password))
    User.objects.filter(username="duty").update(email=ADDRESS)
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.PUBLIC_URL = "https://halong.example"
        yield server


def asked(client: Client, email: str, **headers: Any) -> Any:
    """The page's answer, when every letter has been written."""
    answer = client.post(PAGE, {"email": email}, **headers)
    forgotten._letters.submit(lambda: None).result(10)
    return answer


def words(answer: Any) -> str:
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


def link_in(server: MailServer) -> str:
    found = re.search(r"https://halong\.example(/accounts/reset/\S+)", server.letters[-1].get_content())
    assert found
    return found[1]


def set_password(client: Client, link: str) -> Any:
    form = client.get(link, follow=True)
    assert "new_password1" in form.content.decode()
    return client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})


def sign_in(client: Client, password: str) -> Any:
    return client.post("/accounts/login/", {"username": "duty", "password": password, "next": "/"})


def test_the_link_that_comes_by_mail_sets_a_new_password_once(post: MailServer, password: str) -> None:
    """And nobody learns from the page who has an account; all of it in one database."""
    session, client = Client(), Client()
    sign_in(session, password)
    for _attempt in range(6):
        sign_in(Client(), "sai-mat-khau-roi")
    assert sign_in(Client(), password).status_code == 429
    assert PAGE in client.get("/accounts/login/").content.decode()
    known, unknown = asked(client, ADDRESS.upper()), asked(client, "khong.co@quangninh.example")
    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))
    assert [letter["To"] for letter in post.letters] == [ADDRESS]
    assert "“duty”" in post.letters[0].get_content() and "60 phút" in post.letters[0].get_content()
    link = link_in(post)
    assert link.split("/")[-2] not in client.get(link)["Location"], "the address shown does not hold the secret"
    assert set_password(client, link)["Location"] == "/accounts/login/"
    assert not Session.objects.filter(user__username="duty").exists()
    assert session.get("/accounts/me/").status_code == 401
    assert "đã được dùng" in Client().get(link, follow=True).content.decode()
    assert sign_in(Client(), password).status_code == 200
    assert sign_in(Client(), NEW).status_code == 302, "the lock went with the old password"
    kinds = SignInEvent.objects.filter(user__username="duty").order_by("id").values_list("kind", flat=True)
    assert list(kinds)[-4:] == ["letter", "reset", "failure", "success"]
    asked(client, ADDRESS)
    with_second_factor = Client()
    TOTPDevice.objects.create(user=User.objects.get(username="duty"), confirmed=True)
    set_password(with_second_factor, link_in(post))
    assert sign_in(with_second_factor, NEW)["Location"] == "/accounts/second-factor/"


def test_a_link_is_soon_over_and_no_invitation(post: MailServer) -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": "/"})
    assert "If an account has this e-mail address" in words(asked(client, ADDRESS))
    assert "forgot the password of the account “duty”" in post.letters[0].get_content()
    link = link_in(post)
    assert "new_password1" not in client.get(link.replace("/reset/", "/invitation/"), follow=True).content.decode()
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(reset_tokens, "_now", lambda: datetime.now() + timedelta(minutes=61))  # noqa: DTZ005
        late = client.get(link, follow=True).content.decode()
        assert "new_password1" not in late and PAGE in late
    assert "new_password1" in client.get(link, follow=True).content.decode()


def test_letters_are_few_and_go_to_nobody_who_is_shut_out_or_comes_through_the_provider(post: MailServer) -> None:
    client = Client()
    for _attempt in range(5):
        assert asked(client, ADDRESS).status_code == 200
    assert len(post.letters) == 3
    User.objects.filter(username="leader").update(email="a@quangninh.example", is_active=False)
    User.objects.filter(username="viewer").update(email="b@quangninh.example", password="!")
    Identity.objects.create(user=User.objects.get(username="viewer"), issuer="https://id.example", subject="1")
    User.objects.filter(username="operator").update(email="c@quangninh.example")
    User.objects.filter(username="admin").update(email="c@quangninh.example")
    for name in "abc":
        asked(client, f"{name}@quangninh.example")
    named = sorted(re.findall(r"“(\w+)”", "".join(letter.get_content() for letter in post.letters[3:])))
    assert named == ["admin", "operator"]
    post.refuses = True
    User.objects.filter(username="leader").update(is_active=True)
    assert asked(client, "a@quangninh.example").status_code == 200 and len(post.letters) == 5
    answers = [asked(client, "khong@quangninh.example") for _attempt in range(22)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429], "the 31st in an hour"
    assert answers[-1]["Retry-After"] == "3600"
    assert asked(client, "khong@quangninh.example", REMOTE_ADDR="10.2.3.4").status_code == 200


@pytest.mark.django_db
def test_without_a_mail_server_the_page_says_whom_to_ask_and_offers_no_link(client: Client, settings: Any) -> None:
    settings.SUPPORT_CONTACT = "Trung tâm CNTT, 0203 123 456"
    sign_in_page = client.get("/accounts/login/").content.decode()
    assert PAGE not in sign_in_page and "0203 123 456" in sign_in_page
    page = client.get(PAGE).content.decode()
    assert "0203 123 456" in page and 'name="email"' not in page
    assert client.post(PAGE, {"email": ADDRESS}).status_code == 200
    assert not SignInEvent.objects.filter(kind="forgotten").exists()
