"""Sessions that know their account (setting `SESSION_ENGINE`)."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from gis.access.models import Session, User

SEEN = "seen"
"""Key of what is known of the browser: {"address", "agent", "at": seconds since 1970}."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        seen = data.get(SEEN, {})
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.began_at = datetime.fromtimestamp(seen["at"], UTC) if seen else None
        session.address = seen.get("address")
        session.agent = seen.get("agent", "")
        return session


def end_sessions(user: User, keep: str | None = None) -> int:
    """Sign *user* out everywhere, except in the session *keep*; returns how many ended."""
    ended, _by_model = Session.objects.filter(user=user).exclude(session_key=keep or "").delete()
    return ended
