"""News of whole layers: what open maps ask for again."""

from django.utils.translation import gettext_lazy as _

from gis.live.topics import OpenTopic, register


@register
class Layers(OpenTopic):
    """`changed`, key = the layer's name: so much changed that its tiles are to be asked for again."""

    name = "layers"
    title = _("Layers")
    superseding = frozenset({"changed"})
