"""`import_storms FILE`: tracks of storms from a b-deck, a JTWC table or IBTrACS, with an account of every row."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from disaster.exchange import FORMATS, expected_formats, import_storms
from disaster.science.atcf import BadLine
from disaster.science.track_csv import atcf_id
from gis.exchange.files import read_text
from gis.exchange.ledger import RowsRefused
from gis.exchange.progress import shown
from gis.problems import Problem

LARGEST_BYTES = 4 * 2**30
"""All of IBTrACS has a third of a gigabyte."""


def naming(text: str) -> tuple[str, str]:
    """SID=WP122024"""
    sid, _sign, identifier = text.partition("=")
    try:
        return sid.strip(), atcf_id("storm", identifier.strip())
    except BadLine:
        raise ArgumentTypeError(f"{text!r}: 2022220N16110=WP102022") from None


class Command(BaseCommand):
    help = (
        "Import tracks of storms: an ATCF b-deck, a JTWC best-track CSV or an IBTrACS CSV; the format is recognised."
        " Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, help="do not recognise the format: it is this one")
        parser.add_argument("--source", default="", help="warning centre that the fixes are by (default: JTWC)")
        parser.add_argument(
            "--storm",
            type=naming,
            action="append",
            default=[],
            metavar="SID=ID",
            help="number of an IBTrACS storm that the file gives none, as 2022220N16110=WP102022",
        )
        skipping = "store the rows that are right, leave out the rest"
        parser.add_argument("--skip-refused", action="store_true", help=skipping)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source = read_text(options["file"], expected=expected_formats(), limit=LARGEST_BYTES)
            ledger = import_storms(
                source,
                form=options["format"],
                centre=options["source"],
                named=dict(options["storm"]),
                skip_refused=options["skip_refused"],
                progress=lambda storms: shown(storms, source.name, sys.stderr, unit="storms"),
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
