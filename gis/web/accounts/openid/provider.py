"""What the service asks the identity provider, and what it believes of the answers.

The ID token is believed where it is signed by RS256 with a key of the provider's, made by `OIDC_ISSUER` for this
client, in force now, and an answer to this browser's own request (nonce). Only the endpoints of the settings are
asked: redirects are not followed, and neither a request nor a token names another address.
"""

import json
from typing import Any

import jwt
import requests
from django.conf import settings
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

LEEWAY_SECONDS = 60
"""By which the provider's clock may differ."""
LARGEST_ANSWER = 1_000_000
"""Bytes of an answer of the provider's."""


class NotBelieved(Exception):
    """The provider did not answer, or not as it must; the text is for the log."""


class Provider(OIDCAuthenticationBackend):
    """The provider of the settings. Not among `AUTHENTICATION_BACKENDS`: no sign-in form leads here."""

    def claims_for(self, code: str, *, redirect_uri: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Who came back with *code*. Raises `NotBelieved`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.OIDC_RP_CLIENT_ID,
            "code_verifier": verifier,
        }
        if self.OIDC_RP_CLIENT_SECRET:
            form["client_secret"] = self.OIDC_RP_CLIENT_SECRET
        tokens = self.get_token(form)
        claims = self.verify_token(str(tokens.get("id_token", "")), nonce=nonce)
        if settings.OIDC_OP_USER_ENDPOINT:
            claims = self._more_of(claims, str(tokens.get("access_token", "")))
        return claims

    def get_token(self, payload: dict[str, str]) -> dict[str, Any]:
        return _asked("POST", self.OIDC_OP_TOKEN_ENDPOINT, data=payload)

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        nonce = kwargs.get("nonce")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.retrieve_matching_jwk(token),
                algorithms=[self.OIDC_RP_SIGN_ALGO],
                audience=self.OIDC_RP_CLIENT_ID,
                issuer=settings.OIDC_ISSUER,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss", "sub", "nonce"]},
            )
        except jwt.PyJWTError as fault:
            raise NotBelieved(f"ID token: {fault}") from fault
        if not nonce or claims["nonce"] != nonce:
            raise NotBelieved("ID token: it answers another request (nonce).")
        if not claims["sub"].isascii() or not claims["sub"].isprintable():
            raise NotBelieved("ID token: its subject is none.")
        if claims.get("azp", self.OIDC_RP_CLIENT_ID) != self.OIDC_RP_CLIENT_ID:
            raise NotBelieved("ID token: it was made for another client (azp).")
        return claims

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """The provider's key that *token* names. Raises `NotBelieved`, `PyJWTError`."""
        header = jwt.get_unverified_header(token)
        if header.get("alg") != self.OIDC_RP_SIGN_ALGO:
            raise NotBelieved(f"ID token: signed by {header.get('alg')!r} instead of {self.OIDC_RP_SIGN_ALGO}.")
        keys = _asked("GET", self.OIDC_OP_JWKS_ENDPOINT).get("keys")
        fitting = [
            key
            for key in (keys if isinstance(keys, list) else [])
            if isinstance(key, dict)
            and key.get("kty") == "RSA"
            and key.get("use", "sig") == "sig"
            and key.get("alg", self.OIDC_RP_SIGN_ALGO) == self.OIDC_RP_SIGN_ALGO
            and ("kid" not in header or key.get("kid") == header["kid"])
        ]
        if len(fitting) != 1:
            raise NotBelieved("ID token: none of the provider's keys is the one it was signed with.")
        return jwt.PyJWK(fitting[0], self.OIDC_RP_SIGN_ALGO)

    def _more_of(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """*claims* over those of the userinfo endpoint, which must tell of the same person."""
        told = _asked("GET", self.OIDC_OP_USER_ENDPOINT, headers={"Authorization": f"Bearer {access_token}"})
        if told.get("sub") != claims["sub"]:
            raise NotBelieved("Userinfo: it tells of another person.")
        return {**told, **claims}


def _asked(method: str, address: str, **what: Any) -> dict[str, Any]:
    """The JSON object that *address* answers. Raises `NotBelieved`."""
    timeout = settings.OIDC_TIMEOUT
    try:
        with requests.request(method, address, timeout=timeout, allow_redirects=False, stream=True, **what) as response:
            body = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
    except (requests.RequestException, OSError) as fault:
        raise NotBelieved(f"{address}: {type(fault).__name__}") from fault
    if response.status_code != requests.codes.ok or len(body) > LARGEST_ANSWER:
        raise NotBelieved(f"{address}: status {response.status_code}")
    try:
        told = json.loads(body)
    except ValueError as fault:
        raise NotBelieved(f"{address}: no JSON") from fault
    if not isinstance(told, dict):
        raise NotBelieved(f"{address}: no JSON object")
    return told
