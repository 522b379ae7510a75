"""News of parcels, for open maps."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gis.access.viewer import covers
from gis.live.topics import News, OpenTopic, Payload, Topic, register
from land.codes import HIDDEN_USES, READERS


@register
class Parcels(Topic):
    """`changed`, key = the parcel's identifier. Defence and security land: readers of its commune alone."""

    name = "parcels"
    title = _("Parcels")
    private_roles = READERS
    superseding = frozenset({"changed"})

    def shown(self, news: News, audience: Any) -> Payload | None:
        told = {name: news.payload[name] for name in ("identifier", "version")}
        hidden = not set(HIDDEN_USES).isdisjoint(news.payload["land_uses"])
        return told if not hidden or covers(audience, news.payload["commune"]) else None


@register
class LandDrafts(Topic):
    """`changed`, key = the draft's number: for the land offices of its commune alone."""

    name = "land_drafts"
    title = _("Drafts of parcel changes")
    readers = private_roles = READERS
    superseding = frozenset({"changed"})

    def shown(self, news: News, audience: Any) -> Payload | None:
        return dict(news.payload) if covers(audience, news.payload["commune"]) else None


@register
class LandRules(OpenTopic):
    """`changed`, key = the rule's number: entered or closed. Previews made before may be judged otherwise now."""

    name = "land_rules"
    title = _("Rules of land law")
