"""An identity provider on loopback: authorization code with PKCE, ID tokens signed by RS256, userinfo.

Whoever is sent to it is let in at once as `person`; `faults` make it lie in one way or another.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

CLIENT, SECRET = "halong-tests", "a-secret-of-tests"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.key, self.kid = new_key(), "key-1"
        self.person: dict[str, Any] = {"sub": "person-1"}
        self.userinfo: dict[str, Any] | None = None
        self.signing: dict[str, Any] = {}
        """Over what tokens are signed with: `key`, `algorithm`, `kid`."""
        self.claims: dict[str, Any] = {}
        """Over what a token says; a value of None takes a claim away."""
        self.token_status = 200
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def settings(self) -> dict[str, Any]:
        """The service's settings for this provider."""
        return {
            "OIDC_ISSUER": self.url,
            "OIDC_NAME": "Tỉnh Quảng Ninh",
            "OIDC_RP_CLIENT_ID": CLIENT,
            "OIDC_RP_CLIENT_SECRET": SECRET,
            "OIDC_OP_AUTHORIZATION_ENDPOINT": f"{self.url}/authorize",
            "OIDC_OP_TOKEN_ENDPOINT": f"{self.url}/token",
            "OIDC_OP_JWKS_ENDPOINT": f"{self.url}/keys",
            "OIDC_LOGOUT_URL": f"{self.url}/logout",
        }

    def token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        told = {**claims, **self.person, **self.claims}
        signed = {"key": self.key, "algorithm": "RS256", "kid": self.kid, **self.signing}
        return jwt.encode(
            {name: value for name, value in told.items() if value is not None},
            signed["key"],
            algorithm=signed["algorithm"],
            headers={"kid": signed["kid"]},
        )

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}


class _Answers(BaseHTTPRequestHandler):
    server: IdentityProvider

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, _plain(urlsplit(self.path).query)
        self.server.asked.append(path)
        if path == "/authorize":
            code = secrets.token_urlsafe(16)
            self.server.codes[code] = query
            self.send_response(302)
            answer = urlencode({"code": code, "state": query["state"]})
            self.send_header("Location", f"{query['redirect_uri']}?{answer}")
            self.end_headers()
        elif path == "/keys":
            self._tell(200, self.server.keys())
        elif path == "/userinfo" and self.headers.get("Authorization") == "Bearer access":
            self._tell(200, self.server.userinfo or {})
        else:
            self._tell(404, {})

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        form = _plain(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (
            asked is None
            or (form["client_id"], form.get("client_secret")) != (CLIENT, SECRET)
            or (asked["code_challenge_method"], asked["code_challenge"]) != ("S256", challenge)
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            self._tell(400, {"error": "invalid_grant"})
            return
        token = self.server.token(asked["nonce"])
        self._tell(self.server.token_status, {"id_token": token, "access_token": "access", "token_type": "Bearer"})

    def _tell(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _plain(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()


def to_the_provider(client: Client, **query: str) -> str:
    """Begin to sign in; the address at the provider that the browser is sent to."""
    answer = client.get("/accounts/openid/", query)
    assert answer.status_code == 302
    return str(answer["Location"])


def back_from(address: str) -> str:
    """Where the provider sends a browser back to that comes by *address*, below our host."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in_through(client: Client, **query: str) -> Any:
    """The answer to a browser that has been to the provider and back."""
    return client.get(back_from(to_the_provider(client, **query)))
