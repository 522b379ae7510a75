"""`refused_rows RUN`: every refused row of an import as CSV, however many."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis.exchange.models import ImportRun, RefusedRow


class Command(BaseCommand):
    help = "Write the refused rows of an import as CSV: row, field, reason. Without a number: those of the newest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, nargs="?", help="number of the import, as its account tells it")

    def handle(self, *args: Any, run: int | None, **options: Any) -> None:
        found = ImportRun.objects.filter(pk=run) if run else ImportRun.objects.order_by("-at", "-pk")
        chosen = found.first()
        if chosen is None:
            raise CommandError(_("There is no such import."))
        table = csv.writer(self.stdout)
        table.writerow(["row", "field", "reason"])
        rows = RefusedRow.objects.filter(run=chosen).order_by("row", "pk").values_list("row", "field", "reason")
        table.writerows(rows.iterator(2000))
