"""`import_storms FILE`: best tracks in ATCF's b-deck format, with an account of every row."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from disaster.exchange import import_best_track
from gis.exchange.files import read_text
from gis.exchange.ledger import RowsRefused
from gis.exchange.progress import shown
from gis.problems import Problem


class Command(BaseCommand):
    help = "Import the fixes of a storm from an ATCF b-deck (best track). Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="JTWC", help="warning centre that the fixes are by")
        skipping = "store the rows that are right, leave out the rest"
        parser.add_argument("--skip-refused", action="store_true", help=skipping)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source = read_text(options["file"], expected=_("an ATCF b-deck, as bwp122024.dat"))
            ledger = import_best_track(
                source,
                centre=options["source"],
                skip_refused=options["skip_refused"],
                progress=lambda lines: shown(lines, source.name, sys.stderr),
            )
        except RowsRefused as refusal:
            for line in refusal.ledger.account():
                self.stderr.write(line)
            told = _("Nothing was stored. Mend these rows, or leave them out with --skip-refused.")
            raise CommandError(told) from None
        except Problem as problem:
            raise CommandError(str(problem)) from None
        for line in ledger.account():
            self.stdout.write(line)
