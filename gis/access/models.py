"""Users and the roles they hold, each in an area and for a time."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from gis.places.models import Commune


class User(AbstractUser):
    """An account. What it may do follows from its grants alone."""


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
