"""A server inside the test's own process, on a database with boats, and signed-in viewers."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections

from gis.access.models import User
from gis.access.sessions import SessionStore
from gis.asgi import Dispatcher
from gis.live import topics
from support.databases import copy_of
from support.near_server import Boats, NearServer, serving


@pytest.fixture(scope="session", autouse=True)
def boats() -> Iterator[None]:
    topics.register(Boats)
    yield
    topics.unregister("boats")


@pytest.fixture(scope="module")
def database(province: str, database_prefix: str, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the province with a table of boats; Django of this process commits to it meanwhile."""
    before = connections["default"].settings_dict["NAME"]
    with copy_of(province, f"{database_prefix}_live") as name, django_db_blocker.unblock():
        _connect(name)
        with connections["owner"].cursor() as cursor:
            cursor.execute("CREATE TABLE test_boat (key text PRIMARY KEY, colour text NOT NULL)")
            cursor.execute("GRANT ALL ON test_boat TO PUBLIC")
        yield name
        _connect(before)
        gc.collect()  # connections of threads that have ended, which hang in cycles


def _connect(database: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


@pytest.fixture(scope="module")
def near(database: str) -> Iterator[NearServer]:
    """A server on `database`, shared by the tests of one module."""
    dispatcher = Dispatcher()
    with serving(dispatcher, before_the_end=dispatcher.hub.end_streams) as (port, loop):
        yield NearServer(port, dispatcher, loop, database)


@pytest.fixture
def cookie(database: str) -> Callable[[str], str]:
    """`cookie("duty")`: the Cookie header of a signed-in demo account."""

    def sign_in(username: str) -> str:
        user = User.objects.get(username=username)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return f"sessionid={session.session_key}"

    return sign_in
