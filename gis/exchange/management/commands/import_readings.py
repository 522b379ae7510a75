"""`import_readings FILE --mapping mapping.json`: what stations measured, from a table, each row accounted for."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timezone
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis.access.viewer import SERVICE
from gis.exchange.importing import import_features
from gis.exchange.intake import offset_of
from gis.exchange.intakes import Readings
from gis.exchange.ledger import RowsRefused
from gis.exchange.management.commands.import_layer import add_storing_arguments, described
from gis.exchange.mappings import checked_mapping, proposed_mapping, read_mapping
from gis.exchange.progress import shown_batches
from gis.exchange.tables import TableFile, open_table
from gis.problems import Problem


def zone(text: str) -> timezone:
    try:
        return offset_of(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: +07:00") from error


class Command(BaseCommand):
    help = "Import readings of stations from a CSV. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="JSON or TOML: field of a reading → column of the table")
        parser.add_argument("--utc-offset", type=zone, help="of times that name no zone, as +07:00")
        parser.add_argument("--source", default="", help="whose readings they are; the file's name if not given")
        parser.add_argument("--encoding", default="utf-8", help="of its texts: utf-8, cp1258, tcvn3 …")
        parser.add_argument("--describe", action="store_true", help="show fields and columns, propose a mapping")
        add_storing_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with open_table(options["file"], options["encoding"]) as source:
                if options["describe"]:
                    self.stdout.writelines(f"{line}\n" for line in described(Readings(), source))
                else:
                    self._import(source, options)
        except RowsRefused as refusal:
            for line in refusal.ledger.account():
                self.stderr.write(line)
            told = _("Nothing was stored. Mend these rows, or leave them out with --skip-refused.")
            raise CommandError(told) from None
        except Problem as problem:
            raise CommandError(str(problem)) from None

    def _import(self, source: TableFile, options: dict[str, Any]) -> None:
        intake = Readings(options["utc_offset"])
        proposed = proposed_mapping(intake, source.columns)
        written = read_mapping(options["mapping"]) if options["mapping"] else proposed
        ledger = import_features(
            intake,
            source,
            checked_mapping(written, intake, source.columns),
            actor=SERVICE,
            skip_refused=options["skip_refused"],
            dry_run=options["dry_run"],
            progress=lambda batches: shown_batches(batches, source.count, source.name, sys.stderr),
            command="import_readings",
            origin=options["source"],
        )
        for line in ledger.account():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("A dry run: nothing was stored."))
