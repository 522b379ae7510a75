"""What is announced, and who sees which part of it: one `Topic` per kind of news, in a domain's `live.py`."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.utils.translation import gettext_lazy

from gis.access.viewer import Viewer
from gis.problems import Text

Payload = dict[str, Any]


class News(NamedTuple):
    """An announced change as it is read from the outbox."""

    number: int
    topic: str
    kind: str
    key: str
    payload: Payload
    at: datetime


class Topic(ABC):
    """One kind of news. Payloads are made once per audience, not once per viewer."""

    name: ClassVar[str]
    title: ClassVar[Text]
    private_roles: ClassVar[frozenset[str]] = frozenset()
    """Who sees private parts, each in his areas."""
    readers: ClassVar[frozenset[str] | None] = None
    """For whom alone the topic exists, in any area; None: for everybody."""
    superseding: ClassVar[frozenset[str]] = frozenset()
    """Kinds whose every event tells all of its key: a viewer who lags behind is told the newest only."""

    def exists_for(self, viewer: Viewer) -> bool:
        """Whether *viewer* may know that there is such a topic."""
        return self.readers is None or bool(viewer.areas(self.readers))

    def audience(self, viewer: Viewer) -> Hashable:
        """What alone decides how *viewer* is shown events; viewers with the same answer share them."""
        return viewer.areas(self.private_roles)

    @abstractmethod
    def shown(self, news: News, audience: Any) -> Payload | None:
        """What *audience* is told of *news*; None: nothing, not even that it happened.

        Runs in the event loop for each event: no database, no waiting. For `audience` "" (the public) nothing
        private may remain; `news.key` is always told.
        """

    def snapshot(self, viewer: Viewer) -> Payload | None:
        """The present state as *viewer* sees it, from which events lead on; None where a topic has none.

        Runs in the one transaction of all topics' snapshots.
        """
        return None


class OpenTopic(Topic):
    """A topic without anything private: everybody is shown what was published."""

    def shown(self, news: News, audience: Any) -> Payload | None:
        return news.payload


_topics: dict[str, Topic] = {}


def register(topic: type[Topic]) -> type[Topic]:
    """Publish *topic* on `/live/`. Raises ValueError where the name is taken."""
    if topic.name in _topics:
        raise ValueError(f"There are two topics named {topic.name}.")
    _topics[topic.name] = topic()
    return topic


def unregister(name: str) -> None:
    """Take a topic back; for tests that publish one of their own."""
    del _topics[name]


def find(name: str) -> Topic | None:
    return _topics.get(name)


def declared() -> list[str]:
    """The names of all topics, whoever may know of them, sorted: for checks, never for an answer."""
    return sorted(_topics)


def names(viewer: Viewer) -> list[str]:
    """The names of the topics that exist for *viewer*, sorted."""
    return sorted(name for name, topic in _topics.items() if topic.exists_for(viewer))


@register
class Accounts(Topic):
    """`rights`, key = an account's id: what it may see has changed, so that its streams end and begin anew.

    The hub reads it; it exists for no viewer.
    """

    name = "accounts"
    title = gettext_lazy("Accounts")
    readers = frozenset()

    def shown(self, news: News, audience: Any) -> Payload | None:
        return None
