"""Report an incident."""

from datetime import UTC, datetime, timedelta
from unicodedata import normalize

from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.actions.placing import commune_of, point_at, require_keeper
from disaster.codes import INCIDENT_KEEPERS, INCIDENT_READERS
from disaster.models import Incident
from disaster.payloads import incident_feature
from gis.access.viewer import SERVICE, Viewer
from gis.actions.base import Change, action
from gis.problems import Invalid, NotFound

CLOCK_TOLERANCE = timedelta(minutes=10)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@action("disaster.report_incident")
def report_incident(
    change: Change,
    *,
    kind: str,
    text: str,
    lon: float,
    lat: float,
    reported_at: datetime | None = None,
    contact: str = "",
    commune: str | None = None,
    source: str = "",
) -> Incident:
    """Store what was reported at *lon*, *lat* (WGS 84 degrees), in *commune* or in the one that lies there.

    Raises `NotFound` to those for whom there are no incidents, `Forbidden`, `Invalid`.
    """
    require_reader(change.actor)
    place = point_at(lon, lat)
    home = commune_of(place, commune)
    require_keeper(change.actor, INCIDENT_KEEPERS, home.code)
    at = reported_at or timezone.now()
    if timezone.is_naive(at):
        raise Invalid(_("The time has no zone."), field="reported_at", expected="2024-09-07T13:05:00+07:00")
    if not EARLIEST <= at <= timezone.now() + CLOCK_TOLERANCE:
        words = _("The time lies in the future, or too far back.")
        raise Invalid(words, field="reported_at", expected=_("at most 10 minutes ahead"))
    incident = Incident(
        reported_at=at,
        kind=kind,
        text=normalize("NFC", text).strip(),
        contact=normalize("NFC", contact).strip(),
        commune=home,
        position=place,
        source=source.strip() or change.actor.username or change.name,
    )
    incident.full_clean()
    incident.save()
    told = incident_feature(incident)
    change.record(f"incident:{incident.pk}", {"incident": [None, told]}, commune=home.code, reason=source)
    announce(change, incident)
    return incident


def require_reader(actor: Viewer) -> None:
    """Raise `NotFound` for those who may not know that there are incidents."""
    if actor != SERVICE and not actor.areas(INCIDENT_READERS):
        raise NotFound


def announce(change: Change, incident: Incident) -> None:
    payload = {"commune": incident.commune_id, "feature": incident_feature(incident)}
    change.publish("incidents", "changed", str(incident.pk), payload)
