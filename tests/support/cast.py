"""The cast of the permission table: who they are and what they hold, at home in one commune."""

from datetime import date

from django.test import Client

from disaster.codes import COMMUNE_STAFF, DUTY_OFFICER, RESCUE_TEAM
from forests.codes import FORESTER
from gis.access.models import Grant, User
from gis.access.roles import ADMIN, LAWYER, LEADER, OPERATOR
from gis.places.models import Commune
from land.codes import LAND_APPROVER, LAND_CHECKER, LAND_OFFICER
from mines.codes import MINERAL_OFFICER

HOME, AWAY, PROVINCE = "home", "away", "province"
NOBODY = "somebody without an account"

CAST: dict[str, tuple[tuple[str, str], ...]] = {
    "an account without roles": (),
    "a land officer": ((LAND_OFFICER, HOME),),
    "a land officer elsewhere": ((LAND_OFFICER, AWAY),),
    "a land approver": ((LAND_APPROVER, HOME),),
    "a land checker": ((LAND_CHECKER, PROVINCE),),
    "a forester": ((FORESTER, HOME),),
    "a forester elsewhere": ((FORESTER, AWAY),),
    "a mineral officer": ((MINERAL_OFFICER, PROVINCE),),
    "a duty officer": ((DUTY_OFFICER, PROVINCE),),
    "a rescue team": ((RESCUE_TEAM, PROVINCE),),
    "commune staff": ((COMMUNE_STAFF, HOME),),
    "commune staff elsewhere": ((COMMUNE_STAFF, AWAY),),
    "a leader": ((LEADER, PROVINCE),),
    "an admin": ((ADMIN, PROVINCE),),
    "an operator": ((OPERATOR, PROVINCE),),
    "a lawyer": ((LAWYER, PROVINCE),),
}
"""Name → (role, where)."""
EVERYBODY = (NOBODY, *CAST)


def browser_of(member: str, home: str) -> Client:
    """A browser in which *member* is signed in, whose commune is *home*; made as often as asked for."""
    client = Client()
    if member == NOBODY:
        return client
    user = User.objects.create_user(member)
    away = Commune.objects.exclude(code=home).order_by("code")[0].code
    for role, where in CAST[member]:
        place = {HOME: home, AWAY: away, PROVINCE: None}[where]
        Grant.objects.create(user=user, role=role, commune_id=place, valid_from=date(2020, 1, 1))
    client.force_login(user)
    return client
