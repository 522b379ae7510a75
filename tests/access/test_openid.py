"""Signing in through an identity provider, and every way in which one may not."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis.access.models import Grant, Identity, Session, SignInEvent, User
from gis.access.viewer import SERVICE
from gis.actions.accounts.create_account import create_account
from gis.actions.accounts.deactivate_account import deactivate_account
from gis.actions.accounts.identities import link_identity
from gis.actions.models import Record
from support.openid import IdentityProvider, back_from, new_key, running_provider, sign_in_through, to_the_provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: IdentityProvider, settings: Any) -> IdentityProvider:
    """The provider of the service, honest and with one person, whom no account knows yet."""
    running.person, running.userinfo = {"sub": "person-1"}, None
    running.signing, running.claims, running.token_status = {}, {}, 200
    running.asked.clear()
    for name, value in running.settings().items():
        setattr(settings, name, value)
    return running


@pytest.fixture
def duty(provider: IdentityProvider) -> User:
    """The duty officer, who is person-1 at the provider."""
    link_identity(SERVICE, "duty", issuer=provider.url, subject="person-1")
    return User.objects.get(username="duty")


def who(client: Client) -> str | None:
    return client.get("/").context["config"]["user"]  # type: ignore[no-any-return]


def told(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def test_without_the_setting_nothing_offers_it_or_answers(client: Client) -> None:
    assert "/accounts/openid/" not in told(client.get("/accounts/login/"))
    assert client.get("/accounts/openid/").status_code == 404
    assert client.get("/accounts/openid/callback/?code=x&state=y").status_code == 404


def test_who_is_linked_signs_in_with_state_nonce_and_pkce_and_again_another_day(client: Client, duty: User) -> None:
    assert "Đăng nhập bằng Tỉnh Quảng Ninh" in told(client.get("/accounts/login/"))
    asked = parse_qs(urlsplit(to_the_provider(client)).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
    assert len(asked["state"][0]) >= 32 and len(asked["nonce"][0]) >= 32
    assert asked["redirect_uri"] == ["http://testserver/accounts/openid/callback/"]
    for browser in (client, Client()):
        answer = sign_in_through(browser, next="/accounts/me/")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
        assert who(browser) == "duty"
    assert "person-1" in told(client.get("/accounts/me/"))
    kept = Session.objects.filter(user=duty)
    assert kept.count() == 2 and all(session.began_at and session.address for session in kept)
    assert list(SignInEvent.objects.filter(user=duty).values_list("kind", flat=True)) == ["success", "success"]


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_foreign_next_leads_home(client: Client, duty: User, foreign: str) -> None:
    assert sign_in_through(client, next=foreign)["Location"] == "/"


EXPIRED = int(time.time()) - 3600


@pytest.mark.parametrize(
    ("claims", "signing"),
    [
        ({"nonce": "another"}, {}),
        ({"nonce": None}, {}),
        ({"iat": EXPIRED - 300, "exp": EXPIRED}, {}),
        ({"exp": None}, {}),
        ({"aud": "another-client"}, {}),
        ({"aud": ["halong-tests", "another"], "azp": "another"}, {}),
        ({"iss": "https://another.example"}, {}),
        ({"sub": None}, {}),
        ({"sub": "person-1\x00"}, {}),
        ({}, {"key": new_key()}),
        ({}, {"kid": "key-2"}),
        ({}, {"key": None, "algorithm": "none"}),
        ({}, {"key": "a-secret-of-tests-that-is-long-enough", "algorithm": "HS256"}),
    ],
    ids=[
        "wrong nonce", "no nonce", "expired", "no expiry", "other audience", "other client", "other issuer",
        "no subject", "subject with NUL", "other key", "unknown key", "alg none", "signed with a secret",
    ],
)  # fmt: skip
def test_a_token_that_is_not_the_providers_answer_to_this_request_lets_nobody_in(
    client: Client, provider: IdentityProvider, duty: User, claims: dict[str, Any], signing: dict[str, Any]
) -> None:
    provider.claims, provider.signing = claims, signing
    answer = sign_in_through(client)
    assert answer.status_code == 502 and "không ai được đăng nhập" in told(answer)
    assert who(client) is None and not Session.objects.filter(user=duty).exists()
    assert SignInEvent.objects.latest("id").kind == "failure"


def test_a_state_of_another_browser_a_used_one_and_a_late_one_let_nobody_in(client: Client, duty: User) -> None:
    back = back_from(to_the_provider(client))
    assert Client().get(back).status_code == 400
    assert client.get("/accounts/openid/callback/?code=x&state=made-up").status_code == 400
    assert client.get(back).status_code == 302 and who(client) == "duty"
    again = Client()
    back = back_from(to_the_provider(again))
    session = again.session
    session["oidc_states"] = {
        state: {**kept, "added_on": kept["added_on"] - 601} for state, kept in session["oidc_states"].items()
    }
    session.save()
    assert again.get(back).status_code == 400 and who(again) is None


def test_a_code_that_another_browser_caught_is_worth_nothing(
    client: Client, provider: IdentityProvider, duty: User
) -> None:
    """The verifier of PKCE and the nonce stay with the browser that asked."""
    caught = parse_qs(urlsplit(back_from(to_the_provider(Client()))).query)["code"][0]
    state = parse_qs(urlsplit(to_the_provider(client)).query)["state"][0]
    answer = client.get("/accounts/openid/callback/", {"code": caught, "state": state})
    assert answer.status_code == 502 and who(client) is None


def test_a_provider_that_refuses_or_does_not_answer_lets_nobody_in(
    client: Client, provider: IdentityProvider, duty: User, settings: Any
) -> None:
    state = parse_qs(urlsplit(to_the_provider(client)).query)["state"][0]
    refused = client.get("/accounts/openid/callback/", {"error": "access_denied", "state": state})
    assert refused.status_code == 403
    provider.token_status = 500
    assert sign_in_through(client).status_code == 502
    provider.token_status = 200
    settings.OIDC_OP_JWKS_ENDPOINT = "http://127.0.0.1:9/keys"
    assert sign_in_through(client).status_code == 502 and who(client) is None


def test_a_stranger_is_told_his_identifier_and_an_administrator_links_it(
    client: Client, provider: IdentityProvider
) -> None:
    accounts = User.objects.count()
    answer = sign_in_through(client)
    assert answer.status_code == 403 and "person-1" in told(answer) and who(client) is None
    assert User.objects.count() == accounts
    admin, duty = Client(), User.objects.get(username="duty")
    admin.force_login(User.objects.get(username="admin"))
    address = f"/admin/access/user/{duty.pk}/do/link-identity/"
    assert admin.post(address, {"subject": " "}).status_code == 422
    assert admin.post(address, {"subject": "person-1"}).status_code == 302
    leader = User.objects.get(username="leader")
    assert admin.post(f"/admin/access/user/{leader.pk}/do/link-identity/", {"subject": "person-1"}).status_code == 422
    assert sign_in_through(client).status_code == 302 and who(client) == "duty"
    identity = Identity.objects.get(user=duty)
    unlink = {"identity": identity.pk, "reason": "đổi người"}
    assert admin.post(f"/admin/access/user/{duty.pk}/do/unlink-identity/", unlink).status_code == 302
    assert sign_in_through(Client()).status_code == 403
    done = Record.objects.filter(target=f"user:{duty.pk}", actor_name="admin").values_list("action", flat=True)
    assert set(done) == {"access.link_identity", "access.unlink_identity"}


def test_a_deactivated_account_stays_shut_and_its_open_session_ends(
    client: Client, viewer: Any, duty: User, provider: IdentityProvider
) -> None:
    sign_in_through(client)
    deactivate_account(viewer("admin"), "duty")
    assert who(client) is None and not Session.objects.filter(user=duty).exists()
    answer = sign_in_through(client)
    assert answer.status_code == 403 and "đã bị vô hiệu hóa" in told(answer) and who(client) is None
    assert SignInEvent.objects.latest("id").user == duty


def test_an_invitation_is_followed_through_the_provider_instead_of_a_password(
    client: Client, provider: IdentityProvider, viewer: Any
) -> None:
    invitation = create_account(viewer("admin"), "nguyen.van.an")
    page = told(client.get(invitation.path, follow=True))
    assert "?invitation=" in page
    uid = invitation.path.split("/")[3]
    assert sign_in_through(Client(), invitation=uid).status_code == 403, "the link itself was never opened there"
    assert sign_in_through(client, invitation=uid).status_code == 302
    assert who(client) == "nguyen.van.an"
    assert "new_password1" not in told(Client().get(invitation.path, follow=True)), "it was good once"


def test_a_mutable_address_links_only_by_setting_and_only_where_the_provider_verified_it(
    provider: IdentityProvider, settings: Any
) -> None:
    User.objects.filter(username="duty").update(email="truc@quangninh.example")
    verified = {"sub": "p-9", "email": "Truc@quangninh.example", "email_verified": True}
    provider.person = verified
    assert sign_in_through(Client()).status_code == 403
    settings.OIDC_LINK_BY_EMAIL = True
    provider.person = {**verified, "email_verified": "true"}
    assert sign_in_through(Client()).status_code == 403
    User.objects.filter(username="leader").update(email="truc@quangninh.example")
    provider.person = verified
    assert sign_in_through(Client()).status_code == 403, "two accounts have it"
    User.objects.filter(username="leader").update(email="")
    client = Client()
    assert sign_in_through(client).status_code == 302 and who(client) == "duty"
    provider.person = {**verified, "sub": "who got the address later"}
    assert sign_in_through(Client()).status_code == 403
    provider.person = {"sub": "p-9", "email": "moi@quangninh.example"}
    assert sign_in_through(client).status_code == 302 and who(client) == "duty"


def test_by_setting_a_stranger_gets_an_account_without_any_role(provider: IdentityProvider, settings: Any) -> None:
    settings.OIDC_CREATE_ACCOUNTS = True
    settings.OIDC_OP_USER_ENDPOINT = f"{provider.url}/userinfo"
    provider.userinfo = {"sub": "person-1", "preferred_username": "ADMIN", "family_name": "Phạm"}
    client = Client()
    assert sign_in_through(client).status_code == 302
    user = Identity.objects.get(subject="person-1").user
    assert user.username.startswith("openid.") and user.last_name == "Phạm", "the name of another is not taken"
    assert not user.grants.exists() and not user.has_usable_password() and who(client) == user.username
    assert client.get("/admin/", follow=True).status_code == 403
    provider.userinfo = {"sub": "somebody else"}
    assert sign_in_through(Client()).status_code == 502


def test_roles_follow_groups_and_leave_those_that_were_given_here(
    provider: IdentityProvider, duty: User, settings: Any
) -> None:
    def roles() -> set[tuple[str, str | None]]:
        held = Client()
        assert sign_in_through(held).status_code == 302
        grants = Grant.objects.filter(user=duty, valid_to=None)
        return set(grants.values_list("role", "commune_id"))

    settings.OIDC_ROLES = ["halong-land=land_officer@06685", "halong-storm=leader"]
    before = roles()
    assert ("duty_officer", None) in before
    provider.claims = {"groups": ["halong-land", "halong-storm", "other"]}
    assert roles() == before | {("land_officer", "06685"), ("leader", None)}
    provider.claims = {"groups": ["halong-storm", "halong-land=admin"]}
    assert roles() == before | {("leader", None)}
    provider.claims = {}
    assert roles() == before
    kept = Record.objects.filter(target=f"user:{duty.pk}", action__in=["access.grant_role", "access.end_grant"])
    assert kept.count() == 4


def test_a_second_factor_and_signing_out_hold_as_after_a_password(
    client: Client, provider: IdentityProvider, duty: User, settings: Any
) -> None:
    sign_in_through(client)
    assert client.post("/accounts/logout/")["Location"].startswith(f"{provider.url}/logout?client_id=halong-tests")
    assert who(client) is None
    sign_in_through(client)
    other = Client()
    sign_in_through(other)
    client.post("/accounts/me/sign-out-everywhere/", {"keep": "1"})
    assert who(other) is None and who(client) == "duty"
    settings.TWO_FACTOR = "optional"
    TOTPDevice.objects.create(user=duty, confirmed=True)
    answer = sign_in_through(other)
    assert answer["Location"] == "/accounts/second-factor/" and who(other) is None
    User.objects.filter(pk=duty.pk).update(password=make_password("mot-mat-khau-dai"))
    by_password = Client()
    by_password.force_login(User.objects.get(username="leader"))
    assert by_password.post("/accounts/logout/")["Location"] == "/"


def test_the_service_asks_nobody_but_the_endpoints_of_its_settings(
    client: Client, provider: IdentityProvider, duty: User
) -> None:
    sign_in_through(
        client, iss="http://127.0.0.1:9", jwks_uri="http://127.0.0.1:9", redirect_uri="http://evil.example/"
    )
    assert who(client) == "duty"
    assert provider.asked == ["/authorize", "/token", "/keys"]
