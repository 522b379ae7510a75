"""`verify_audit`: whether the audit and the tables it is of are as they were written; fails when something is not."""

from datetime import date
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from gis.actions import audit


class Command(BaseCommand):
    help = "Verify the audit's chains and anchors and the rows of audited tables; names what is wrong, and fails then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only of this day and later")
        parser.add_argument("--chains-only", action="store_true", help="do not compare the tables with the audit")

    def handle(self, *args: Any, **options: Any) -> None:
        since = options["since"] or date.min
        with transaction.atomic():
            audit.settle()
            looks = [audit.chain_faults(since), audit.anchor_faults(since)]
            if not options["chains_only"]:
                looks.append(audit.table_faults(options["since"]))
            faults = 0
            for fault in chain.from_iterable(looks):
                faults += 1
                self.stdout.write(str(fault))
            looked_at = audit.entries(since)
        if faults:
            raise CommandError(f"{faults} faults in {looked_at} entries.")
        self.stdout.write(f"{looked_at} entries, all as they were written.")
