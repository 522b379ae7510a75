"""`anchor_audit`: anchors each day that is over, and prints the anchors, for paper or a notary."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from gis.actions.models import AuditAnchor


class Command(BaseCommand):
    help = "Anchor the days of the audit that are over, and print their anchors: day, chains, entries, SHA-256."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="print those of this day and later, old too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT halong_anchor_audit()")
            made = cursor.fetchone()[0]
        anchors = AuditAnchor.objects.order_by("day")
        newest = list(anchors.reverse()[:made])[::-1]
        for anchor in anchors.filter(day__gte=options["since"]) if options["since"] else newest:
            self.stdout.write(str(anchor))
