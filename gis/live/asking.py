"""Which topics a request names; shared by the stream and the snapshot."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis.live import topics
from gis.live.topics import Topic
from gis.problems import BadParameter


def topics_asked(request: HttpRequest) -> list[Topic]:
    """The topics of `?topics=a,b`, in that order; all of them where none are named. Raises `BadParameter`."""
    given = request.GET.get("topics")
    wanted = topics.names() if given is None else given.split(",")
    found = {name: topics.find(name) for name in map(str.strip, wanted)}
    unknown = [name for name, topic in found.items() if topic is None]
    if unknown:
        raise BadParameter(
            _("There is no topic “%s”.") % unknown[0], field="topics", expected=", ".join(topics.names())
        )
    return [topic for topic in found.values() if topic is not None]
