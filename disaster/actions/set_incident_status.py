"""Say what became of an incident."""

from django.utils.translation import gettext as _

from disaster.actions.placing import require_keeper
from disaster.actions.report_incident import announce, require_reader
from disaster.codes import INCIDENT_KEEPERS, INCIDENT_READERS
from disaster.models import Incident
from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.problems import Invalid, NotFound, Stale


@action("disaster.set_incident_status")
def set_incident_status(change: Change, number: int, *, version: int, status: str, reason: str = "") -> Incident:
    """Set the status of incident *number*, which the actor read in *version*.

    Any status may follow any other: reports turn out true, false and true again. Raises `NotFound` for one that
    the actor may not see, `Forbidden`, `Stale`, `Invalid`.
    """
    require_reader(change.actor)
    found = Incident.objects.select_for_update(of=("self",)).select_related("commune")
    incident = found.filter(pk=number).first()
    seen = change.actor == SERVICE or (
        incident is not None and change.actor.holds(INCIDENT_READERS, incident.commune_id)
    )
    if incident is None or not seen:
        raise NotFound(_("There is no incident with this number."), field="number")
    require_keeper(change.actor, INCIDENT_KEEPERS, incident.commune_id)
    if incident.version != version:
        raise Stale(current=incident.version)
    if status not in Incident.Status.values:
        raise Invalid(_("This is no status."), field="status", expected=", ".join(Incident.Status.values))
    if status == incident.status:
        raise Invalid(_("Nothing would change."), field="status", expected=_("another status"))
    before, incident.status = incident.status, status
    incident.version += 1
    incident.save(update_fields=["status", "version"])
    change.record(f"incident:{number}", {"status": [before, status]}, commune=incident.commune_id, reason=reason)
    announce(change, incident)
    return incident
