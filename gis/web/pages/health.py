"""Whether the service lives and whether it can serve, for those who watch over it."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis.problems import Unavailable

MIGRATED = "pages.health.migrated"
MIGRATED_SECONDS = 60
"""Reading the migrations takes some 50 ms; a balancer asks every few seconds."""


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503."""
    _ask_database()
    return JsonResponse({"status": "ok", "database": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served: the database answers and has every migration, else 503."""
    _ask_database()
    if not cache.get(MIGRATED):
        _require_migrations()
        cache.set(MIGRATED, True, MIGRATED_SECONDS)
    return JsonResponse({"status": "ok", "database": "ok", "migrations": "ok"})


def _ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise Unavailable(_("The database does not answer.")) from error


def _require_migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Unavailable(_("The database has not been migrated."), missing=len(missing))
