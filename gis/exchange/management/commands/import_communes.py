"""`import_communes FILE --valid-from DAY`: outlines of communes as new versions, with an account of every row."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis.access.viewer import SERVICE
from gis.exchange.communes import Comparison, columns_of, import_communes
from gis.exchange.ledger import RowsRefused
from gis.exchange.management.commands.import_layer import (
    add_reading_arguments,
    add_storing_arguments,
    reading_of,
)
from gis.exchange.mappings import read_mapping
from gis.exchange.progress import shown_batches
from gis.exchange.vectors import VectorFile, open_vectors
from gis.geometry.crs import LEGAL_SRID
from gis.problems import Problem

TOLD_REMARKS = 60


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: expected a day, as 2025-07-01") from error


class Command(BaseCommand):
    help = "Import outlines of communes from a vector file as new versions. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--valid-from", type=day, required=True, help="day since which they hold, as 2025-07-01")
        parser.add_argument("--source", default="", help="where the outlines are from; the file's name if not given")
        parser.add_argument("--mapping", type=Path, help='JSON or TOML: {"code": "column", "name": …}')
        add_reading_arguments(parser)
        add_storing_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = read_mapping(options["mapping"]) if options["mapping"] else None
            with open_vectors(options["file"], LEGAL_SRID, reading_of(options)) as source:
                self._import(source, written, options)
        except RowsRefused as refusal:
            for line in refusal.ledger.account():
                self.stderr.write(line)
            told = _("Nothing was stored. Mend these rows, or leave them out with --skip-refused.")
            raise CommandError(told) from None
        except Problem as problem:
            raise CommandError(str(problem)) from None

    def _import(self, source: VectorFile, written: dict[str, Any] | None, options: dict[str, Any]) -> None:
        comparison = Comparison(columns_of(source, written))
        ledger = import_communes(
            source,
            comparison,
            actor=SERVICE,
            valid_from=options["valid_from"],
            origin=(options["source"] or source.name)[:200],
            skip_refused=options["skip_refused"],
            dry_run=options["dry_run"],
            progress=lambda batches: shown_batches(batches, source.count, source.name, sys.stderr),
        )
        for line in [*ledger.account(), *source.told_notes(), *comparison.remarks[:TOLD_REMARKS]]:
            self.stdout.write(line)
        if missing := comparison.missing():
            self.stdout.write(_("The file does not tell of: %s.") % ", ".join(missing))
        if options["dry_run"]:
            self.stdout.write(_("A dry run: nothing was stored."))
