"""News of storms, rescue assets and incidents, for open maps."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from disaster.codes import INCIDENT_READERS, WATCHERS
from disaster.models import Incident, RescueAsset, Storm
from disaster.payloads import asset_feature, collection, fix_feature, incident_feature, told_fixes
from gis.access.viewer import Viewer, covers
from gis.live.topics import News, OpenTopic, Payload, Topic, register


@register
class Assets(Topic):
    """`moved`, key = the asset's code: the asset as a Feature, its exact place only for who may know it."""

    name = "assets"
    title = _("Rescue assets")
    private_roles = WATCHERS
    superseding = frozenset({"moved"})

    def shown(self, news: News, audience: Any) -> Payload | None:
        feature: Payload = news.payload["exact" if covers(audience, news.payload["commune"]) else "public"]
        return feature

    def snapshot(self, viewer: Viewer) -> Payload:
        areas = viewer.areas(self.private_roles)
        assets = RescueAsset.objects.filter(position__isnull=False).select_related("commune").order_by("code")
        return collection(asset_feature(one, exact=covers(areas, one.commune_id)) for one in assets)


@register
class Storms(OpenTopic):
    """`fix`, key = the fix's id: the fix as a Feature. `removed`, key = the storm's id: an exercise is over.

    Of the storms that maps follow (`Storm.objects.followed`); fixes of older seasons and of other oceans are the
    archive's, and are announced as a change of the layer `storm_fixes`.
    """

    name = "storms"
    title = _("Storms")
    superseding = frozenset({"fix"})

    def snapshot(self, viewer: Viewer) -> Payload:
        followed = told_fixes().filter(storm__in=Storm.objects.followed())
        return collection(map(fix_feature, followed))


@register
class Incidents(Topic):
    """`changed`, key = the incident's number: the incident as a Feature, to readers of its commune alone.

    The snapshot has those that are not yet dealt with.
    """

    name = "incidents"
    title = _("Incidents")
    readers = private_roles = INCIDENT_READERS
    superseding = frozenset({"changed"})

    def shown(self, news: News, audience: Any) -> Payload | None:
        feature: Payload = news.payload["feature"]
        return feature if covers(audience, news.payload["commune"]) else None

    def snapshot(self, viewer: Viewer) -> Payload:
        areas = viewer.areas(self.private_roles)
        waiting = Incident.objects.waiting().select_related("commune").order_by("id")
        return collection(incident_feature(one) for one in waiting if covers(areas, one.commune_id))
