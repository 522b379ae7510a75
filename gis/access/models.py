"""Users and the roles they hold, each in an area and for a time."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis.places.models import Commune


class User(AbstractUser):
    """An account. What it may do follows from its grants alone: `is_staff` and `is_superuser` mean nothing here."""

    must_change_password = models.BooleanField(default=False)
    """The password was set by somebody else: nothing is allowed before it has been changed."""


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: date) -> "GrantQuerySet":
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class Grant(models.Model):
    """A role held in one commune, or in the whole province where no commune is named."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40)
    """A role's code: shared ones in `gis.access.roles`, a domain's own in its `codes.py`."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """The first day on which it no longer holds."""
    by_group = models.BooleanField(default=False, db_default=False)
    """It follows a group at the identity provider (setting `OIDC_ROLES`), and ends with it."""

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "commune", "valid_from"],
                nulls_distinct=False,
                name="grant_given_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.commune_id or '*'}"


class Identity(models.Model):
    """Who an account is at an identity provider. *subject* is the provider's own and lasting name for a person: an
    e-mail address may be given to somebody else one day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_of_one_account")]

    def __str__(self) -> str:
        return self.subject


class Session(AbstractBaseSession):
    """A browser that is signed in, or half-way there; it names its account, so that all of one can be ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    """Empty while nobody is signed in."""
    began_at = models.DateTimeField(null=True)
    """When he signed in."""
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    """What the browser calls itself."""

    class Meta:
        verbose_name = _("session")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from gis.access.sessions import SessionStore

        return SessionStore


class RecoveryCode(models.Model):
    """One use instead of the authenticator; only its digest is kept, for it has entropy enough."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class SignInEvent(models.Model):
    """Who signed in or failed to, when and from where; never a password. Rows are only added."""

    class Kind(models.TextChoices):
        SUCCESS = "success", _("Signed in")
        FAILURE = "failure", _("Failed")
        LOCKED = "locked", _("Locked")
        HALF = "half", _("Password right, second factor asked")
        SECOND_FACTOR_FAILURE = "second_factor", _("Second factor failed")
        SIGN_OUT = "sign_out", _("Signed out")
        RESET = "reset", _("Password set through a link")
        FORGOTTEN = "forgotten", _("Link for a new password asked for")
        LETTER = "letter", _("Link for a new password sent by mail")

    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="sign_ins")
    """Empty for a name that is no account: what was typed there may have been a password, and is not kept."""
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at"], name="sign_in_by_user"),
            models.Index(fields=["address", "-at"], name="sign_in_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.user_id or ''}"
