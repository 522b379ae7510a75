"""The second factor: one-time codes of an authenticator (TOTP), and recovery codes for when it is lost.

The setting `TWO_FACTOR` says who needs it. A password alone leads to a session that is not signed in yet
(`gis.web.accounts.sign_in`), so that no right can be used before the code; `missing` is a second lock, for
sessions that began before the setting or the enrolment.
"""

import base64
import secrets
from enum import Enum
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis.access.models import Grant, RecoveryCode, User
from gis.access.role_settings import second_factor_roles

PASSED = "second_factor"
"""Key in a session whose second factor was right."""
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are mistaken for others; sixteen of them are 79 bits."""


class Answer(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    TOO_FAST = "too fast"


def is_on() -> bool:
    return str(settings.TWO_FACTOR) != "off"


def demanded(user: User) -> bool:
    """Whether *user* must have a second factor, by the setting and the roles he holds today."""
    roles = second_factor_roles()
    if not roles:
        return str(settings.TWO_FACTOR) == "required"
    return Grant.objects.filter(user=user, role__in=roles).in_force(timezone.localdate()).exists()


def device_of(user: User) -> TOTPDevice | None:
    """The authenticator that *user* has enrolled."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def missing(user: User, session: SessionBase) -> bool:
    """Whether this session gives no rights because its second factor was never shown."""
    if not is_on() or session.get(PASSED):
        return False
    return device_of(user) is not None or demanded(user)


def begin_enrolment(user: User) -> TOTPDevice:
    """The authenticator that waits to be confirmed by a first code; its secret stays the same until then."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    device: TOTPDevice = waiting or TOTPDevice.objects.create(user=user, name=user.username[:64], confirmed=False)
    return device


def check(user: User, code: str, *, confirmed: bool = True) -> Answer:
    """Whether *code* is right now: one of the authenticator, used once only, or a recovery code, used up by this.

    After failures it has to be waited: 1, 2, 4 … seconds. *confirmed* False: the first code of an enrolment.
    """
    with transaction.atomic():
        devices = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=confirmed)
        device: Any = devices.first()
        if device is None:
            return Answer.WRONG
        if not device.verify_is_allowed()[0]:
            return Answer.TOO_FAST
        plain = code.strip().replace(" ", "").replace("-", "").lower()
        if plain.isascii() and plain.isdigit():
            right = device.verify_token(plain)  # counts the failure itself
        elif confirmed and RecoveryCode.objects.filter(user=user, digest=digest(plain)).delete()[0]:
            right = True
            device.throttle_reset()
        else:
            right = False
            device.throttle_increment()
        return Answer.RIGHT if right else Answer.WRONG


def renew_recovery_codes(user: User) -> list[str]:
    """New codes in place of the old ones; they are shown this once, and only their digests are kept."""
    codes = [new_code() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=digest(code.replace("-", ""))) for code in codes)
    return codes


def remove(user: User) -> bool:
    """Take the second factor away; whether there was one."""
    RecoveryCode.objects.filter(user=user).delete()
    removed, _by_model = TOTPDevice.objects.filter(user=user).delete()
    return bool(removed)


def new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _place in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def digest(code: str) -> str:
    return salted_hmac("halong.recovery", code, algorithm="sha256").hexdigest()


def confirm(user: User) -> None:
    """Make the authenticator that waits the one that is asked, in place of one before."""
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    TOTPDevice.objects.filter(user=user, confirmed=False).update(confirmed=True)


def spelled(device: TOTPDevice) -> str:
    """The authenticator's secret to be typed where no picture can be taken, in groups of four."""
    letters = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
