"""Which topics a request names; shared by the stream and the snapshot."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.live import topics
from gis.live.topics import Topic
from gis.problems import BadParameter


def topics_asked(request: HttpRequest, viewer: Viewer) -> list[Topic]:
    """The topics of `?topics=a,b`, in that order; all of them where none are named. Raises `BadParameter`.

    One that *viewer* may not know of is unknown like any other word.
    """
    known = topics.names(viewer)
    given = request.GET.get("topics")
    wanted = known if given is None else [name.strip() for name in given.split(",")]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadParameter(_("There is no topic “%s”.") % unknown[0], field="topics", expected=", ".join(known))
    return [topic for name in dict.fromkeys(wanted) if (topic := topics.find(name)) is not None]
