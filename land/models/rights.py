"""Who holds what: parties, their rights to parcels in exact shares, and restrictions, each on two time axes.

Rights and restrictions belong to the identifier of a parcel. Like its versions they are closed and followed, never
rewritten; `follows` leads back to the row that one continues.
"""

from django.contrib.gis.db.models import GeometryField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune
from land.models.changes import ParcelChange, SourceDocument


class Party(models.Model):
    """A person, household or organisation that can hold a right or a restriction (người sử dụng đất, bên liên quan)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        HOUSEHOLD = "household", _("household")
        ORGANISATION = "organisation", _("organisation")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=200)
    """Unicode NFC (CHECKed)."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    """Whose land office entered it."""
    source = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="party_has_a_name")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Held(models.Model):
    """What a right and a restriction have in common: a parcel, a document, two time axes, what they continue."""

    parcel = models.CharField(max_length=12)
    """Identifier of the parcel."""
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="+")
    """What it rests on."""
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The row that this one continues, of the same parcel or of one that it came of."""
    valid_from = models.DateField()
    """Day of legal effect."""
    valid_to = models.DateField(null=True)
    """First day on which it no longer held."""
    recorded_from = models.DateTimeField(db_default=Now(), editable=False)
    recorded_to = models.DateTimeField(null=True)
    """When it stopped being what the register says."""
    change = models.ForeignKey(ParcelChange, on_delete=models.PROTECT, null=True, related_name="+")
    """The change that made this row; None: it came with the first register."""
    ended_by = models.ForeignKey(ParcelChange, on_delete=models.PROTECT, null=True, related_name="+")
    """The change that closed this row."""
    ended_with = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, null=True, related_name="+")
    """The document that released or cancelled it."""

    IN_FORCE = Q(valid_to__isnull=True, recorded_to__isnull=True)

    class Meta:
        abstract = True


class Right(Held):
    """A right to a parcel, held by parties in shares that sum to one."""

    class Kind(models.TextChoices):
        USE = "use", _("land-use right")
        OWNERSHIP = "ownership", _("ownership")
        LEASE = "lease", _("lease from the state")

    class Rent(models.TextChoices):
        NONE = "none", _("without rent")
        ANNUAL = "annual", _("annual rent")
        ONCE = "once", _("rent paid once")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    rent = models.CharField(max_length=10, choices=Rent.choices, default=Rent.NONE)
    certificate = models.CharField(max_length=40, blank=True)
    """Number of the certificate (giấy chứng nhận); empty where none is issued yet."""
    expires_on = models.DateField(null=True)
    """Last day of the term; None: long-term (lâu dài)."""

    class Meta:
        db_table = "land_right"
        indexes = [
            models.Index(fields=["parcel"], name="right_by_parcel"),
            models.Index(fields=["change"], name="right_by_change", condition=Q(change__isnull=False)),
            models.Index(fields=["ended_by"], name="right_by_end", condition=Q(ended_by__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "kind"],
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
                name="one_right_of_a_kind_in_force",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="right_legal_time_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.parcel})"


class Share(models.Model):
    """The part of a right that a party holds, as an exact fraction."""

    right = models.ForeignKey(Right, on_delete=models.PROTECT, related_name="shares")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="shares")
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()

    class Meta:
        db_table = "land_share"
        constraints = [
            models.UniqueConstraint(fields=["right", "party"], name="one_share_of_a_party"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, numerator__lte=F("denominator")), name="share_between_nothing_and_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


class Restriction(Held):
    """What limits the rights to a parcel or to a part of it."""

    class Kind(models.TextChoices):
        MORTGAGE = "mortgage", _("mortgage")
        LEASE = "lease", _("lease to another")
        CAVEAT = "caveat", _("caveat")
        SEIZURE = "seizure", _("seizure")
        PLANNING = "planning", _("planning")
        EASEMENT = "easement", _("right of way or other easement")
        OTHER = "other", _("other restriction")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="restrictions")
    geom = GeometryField(srid=LEGAL_SRID, null=True, spatial_index=False)
    """The part of the parcel that it concerns, as areas in EPSG:5899; None: the whole parcel."""
    expires_on = models.DateField(null=True)
    """Last day of its term, where it has one."""

    class Meta:
        db_table = "land_restriction"
        indexes = [
            models.Index(fields=["parcel"], name="restriction_by_parcel"),
            models.Index(fields=["change"], name="restriction_by_change", condition=Q(change__isnull=False)),
            models.Index(fields=["ended_by"], name="restriction_by_end", condition=Q(ended_by__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="restriction_legal_time_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.parcel})"


class IdentityNumber(models.Model):
    """A number by which the state knows a party: stored as keyed hash and sealed value (`gis.access.personal`)."""

    class Kind(models.TextChoices):
        CCCD = "cccd", _("identity card number (CCCD)")
        CMND = "cmnd", _("old identity card number (CMND)")
        TAX = "tax", _("tax code")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="numbers")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    key_version = models.PositiveIntegerField()
    """Of `settings.IDENTITY_KEYS`."""
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        db_table = "land_identity"
        indexes = [models.Index(fields=["digest"], name="identity_by_digest")]
        constraints = [models.UniqueConstraint(fields=["party", "kind"], name="one_number_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.party_id}"
