"""Numbers that identify people, as they are stored: a keyed hash to find them by and a sealed value to read them from.

Both come from the secrets of `settings.IDENTITY_KEYS`: HMAC-SHA-256, and AES-256-GCM bound to its owner, so that a
value copied to another row opens no more. New values take the newest key; the older keys open what is under them until
it is sealed anew.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from gis.problems import Unavailable

NONCE = 12
DOT = "•"


@dataclass(frozen=True)
class Sealed:
    """*digest*: 64 hexadecimal digits, equal for equal numbers under one key; *value*: nonce and ciphertext."""

    version: int
    digest: str
    value: bytes


def seal(number: str, kind: str, owner: str) -> Sealed:
    """*number* under the newest key, for *owner* (a row's name) alone."""
    version = newest_version()
    nonce = secrets.token_bytes(NONCE)
    value = nonce + AESGCM(_key(version, "seal")).encrypt(nonce, number.encode(), _context(kind, owner))
    return Sealed(version, digest(number, kind, version), value)


def unseal(sealed: Sealed, kind: str, owner: str) -> str:
    """The number. Raises `Unavailable` where its key is not set, is another, or the value is not this owner's."""
    try:
        key = _key(sealed.version, "seal")
        return AESGCM(key).decrypt(sealed.value[:NONCE], sealed.value[NONCE:], _context(kind, owner)).decode()
    except (KeyError, InvalidTag, ValueError):
        raise Unavailable(_("This number cannot be read with the keys that are set.")) from None


def digests(number: str, kind: str) -> Iterator[tuple[int, str]]:
    """(version, digest) under every key: what a number can be stored as."""
    return ((version, digest(number, kind, version)) for version in _keys())


def digest(number: str, kind: str, version: int) -> str:
    return hmac.new(_key(version, "digest"), f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


def newest_version() -> int:
    return max(_keys())


def masked(number: str) -> str:
    """
    >>> masked("001099012345")
    '0••••••••345'
    """
    return number[0] + DOT * (len(number) - 4) + number[-3:]


def _keys() -> dict[int, str]:
    return _parsed(tuple(settings.IDENTITY_KEYS))


@lru_cache(maxsize=8)
def _parsed(told: tuple[str, ...]) -> dict[int, str]:
    return {int(version): secret for version, _colon, secret in (one.partition(":") for one in told)}


def _key(version: int, purpose: str) -> bytes:
    """32 bytes. Raises KeyError where there is no such version."""
    return hmac.new(_keys()[version].encode(), f"halong {purpose}".encode(), hashlib.sha256).digest()


def _context(kind: str, owner: str) -> bytes:
    return f"{kind}:{owner}".encode()
