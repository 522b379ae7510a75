"""What happened: the history of actions, announced events, imports, long work."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.models import User
from gis.access.roles import ADMIN
from gis.actions.models import Record
from gis.exchange.jobs.models import Job
from gis.exchange.models import ImportRun, RefusedRow
from gis.live.models import Event
from gis.web.admin.house import HouseAdmin
from gis.web.admin.searching import containing
from gis.web.admin.site import site

SHOWN_REFUSALS = 50


@admin.register(Record, site=site)
class RecordAdmin(HouseAdmin):
    """Read by administrators alone: what was changed may be personal, or an exact position."""

    one, many, group = gettext_lazy("history record"), gettext_lazy("history records"), gettext_lazy("History")
    words = {
        "at": gettext_lazy("Time"),
        "actor": gettext_lazy("Account"),
        "actor_name": gettext_lazy("By"),
        "action": gettext_lazy("Action"),
        "target": gettext_lazy("What was changed"),
        "commune": gettext_lazy("Code of the commune"),
        "changes": gettext_lazy("Changes"),
        "reason": gettext_lazy("Reason or document"),
    }
    readers = frozenset({ADMIN})
    list_display = ("at", "actor_name", "action", "target", "commune", "reason")
    search_fields = ("target",)
    search_help_text = gettext_lazy("What was changed, as parcel:100234567891, or a user name")
    ordering = ("-id",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """By what has an index: the target, or the account that goes by this name today."""
        actor = User.objects.filter(username=term).values_list("pk", flat=True).first()
        return rows.filter(actor=actor) if actor else rows.filter(target=term)


@admin.register(Event, site=site)
class EventAdmin(HouseAdmin):
    one, many, group = gettext_lazy("event"), gettext_lazy("events"), gettext_lazy("Live feed")
    words = {
        "number": gettext_lazy("Number"),
        "topic": gettext_lazy("Topic"),
        "kind": gettext_lazy("What happened"),
        "key": gettext_lazy("Key"),
        "payload": gettext_lazy("Content"),
        "at": gettext_lazy("Time"),
    }
    private_roles = frozenset({ADMIN})
    private_fields = ("payload",)
    list_display = ("number", "at", "topic", "kind", "key")
    search_fields = ("key",)
    search_help_text = gettext_lazy("Number of the event")
    exactly = ("number",)
    ordering = ("-id",)


@admin.register(ImportRun, site=site)
class ImportRunAdmin(HouseAdmin):
    one, many, group = gettext_lazy("import"), gettext_lazy("imports"), gettext_lazy("Imports")
    words = {
        "at": gettext_lazy("Time"),
        "command": gettext_lazy("Command"),
        "file_name": gettext_lazy("File"),
        "digest": gettext_lazy("SHA-256 of the file"),
        "read": gettext_lazy("Rows read"),
        "stored": gettext_lazy("Stored"),
        "merged": gettext_lazy("Merged"),
        "unchanged": gettext_lazy("Unchanged"),
        "held": gettext_lazy("Held back"),
        "refused": gettext_lazy("Refused"),
        "skipped": gettext_lazy("Skipped"),
        "skipped_for": gettext_lazy("Skipped for"),
    }
    list_display = ("at", "command", "file_name", "read", "stored", "unchanged", "refused")
    list_filter = ("command",)
    search_fields = ("file_name",)
    extra = ("refused_rows",)
    ordering = ("-id",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "file_name")

    @admin.display(description=gettext_lazy("Refused rows"))
    def refused_rows(self, obj: ImportRun) -> Any:
        """The first of them, and the way to all."""
        first = list(obj.refusals.order_by("row").values_list("row", "field", "reason")[:SHOWN_REFUSALS])
        if not first:
            return "—"
        address = reverse("admin:exchange_refusedrow_changelist")
        lines = format_html_join("", "<li>{}: {} {}</li>", first)
        return format_html(
            '<ul>{}</ul><a href="{}?run__id__exact={}">{}</a>', lines, address, obj.pk, _("All refused rows")
        )


@admin.register(RefusedRow, site=site)
class RefusedRowAdmin(HouseAdmin):
    one, many, group = gettext_lazy("refused row"), gettext_lazy("refused rows"), gettext_lazy("Imports")
    words = {
        "run": gettext_lazy("Import"),
        "row": gettext_lazy("Line"),
        "field": gettext_lazy("Field"),
        "reason": gettext_lazy("Why it was refused"),
    }
    list_display = ("run", "row", "field", "reason")
    list_select_related = ("run",)
    ordering = ("-run_id", "row")


@admin.register(Job, site=site)
class JobAdmin(HouseAdmin):
    """To be looked at; what is done to a job stands on its own page."""

    one, many, group = gettext_lazy("job"), gettext_lazy("jobs"), gettext_lazy("Long work")
    words = {
        "kind": gettext_lazy("Kind"),
        "title": gettext_lazy("What is done"),
        "owner": gettext_lazy("Account"),
        "language": gettext_lazy("Language"),
        "state": gettext_lazy("State"),
        "message": gettext_lazy("What came of it"),
        "done": gettext_lazy("How much is done"),
        "total": gettext_lazy("Of how much"),
        "asked": gettext_lazy("Asked"),
        "started": gettext_lazy("Begun"),
        "finished": gettext_lazy("Ended"),
        "heartbeat": gettext_lazy("Last sign of life"),
        "ending": gettext_lazy("Told to end"),
        "attempt": gettext_lazy("Attempt"),
        "retry_of": gettext_lazy("Repeats"),
        "result_name": gettext_lazy("File"),
        "result_bytes": gettext_lazy("Bytes"),
        "result_until": gettext_lazy("Kept until"),
    }
    readers = frozenset({ADMIN})
    hidden = ("arguments", "task", "result_type")
    extra = ("own_page",)
    list_display = ("asked", "title", "owner", "state", "percent_done", "finished")
    list_filter = ("state",)
    list_select_related = ("owner",)
    search_fields = ("owner__username",)
    search_help_text = gettext_lazy("User name, or words of the title")
    ordering = ("-asked", "pk")
    sortable_by = ()

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "title", "owner__username")

    @admin.display(description=gettext_lazy("Done (%)"))
    def percent_done(self, obj: Job) -> str:
        return "—" if obj.percent is None else str(obj.percent)

    @admin.display(description=gettext_lazy("Its page"))
    def own_page(self, obj: Job) -> Any:
        address = reverse("job", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', address, address)
