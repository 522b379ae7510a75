"""`import_parcels FILE --commune 06685 …`: the initial register of a commune from a vector file, sheet by sheet."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis.access.grants import viewer_of
from gis.access.models import User
from gis.access.viewer import Viewer
from gis.exchange.ledger import RowsRefused
from gis.exchange.management.commands.import_communes import day
from gis.exchange.management.commands.import_layer import add_reading_arguments, described, reading_of
from gis.exchange.mappings import checked_mapping, read_mapping
from gis.exchange.progress import shown_batches
from gis.exchange.vectors import VectorFile, open_vectors
from gis.geometry.crs import LEGAL_SRID
from gis.problems import BadParameter, Problem
from land.exchange import Parcels, Register, import_parcels
from land.models import BoundaryPoint
from land.sheets import Method

NEEDED = ("commune", "officer", "document", "valid_from", "mapping")


class Command(BaseCommand):
    help = "Load the parcels of a commune from a vector file, sheet by sheet. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--describe", action="store_true", help="show fields and columns, propose a mapping")
        parser.add_argument("--commune", help="code of the commune whose register it is")
        parser.add_argument("--officer", help="account of the land officer in whose name it is loaded")
        parser.add_argument("--document", help="what the register rests on: number and date")
        parser.add_argument("--valid-from", type=day, help="day since which it holds, as 2026-01-01")
        parser.add_argument("--mapping", type=Path, help="JSON or TOML: field of the parcel → column of the file")
        parser.add_argument("--snap-mm", type=float, default=10.0, help="corners nearer than this become one (10)")
        parser.add_argument("--gap-mm", type=float, default=100.0, help="narrower strips are faults (100; 0: none is)")
        parser.add_argument("--method", choices=BoundaryPoint.Method.values, default="digitised")
        parser.add_argument("--accuracy-m", type=float, help="of the corners against the nearest control point")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, store nothing")
        add_reading_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with open_vectors(options["file"], LEGAL_SRID, reading_of(options)) as source:
                if options["describe"]:
                    self.stdout.writelines(f"{line}\n" for line in described(Parcels(), source))
                else:
                    self._import(source, options)
        except RowsRefused as refusal:
            for line in refusal.ledger.account():
                self.stderr.write(line)
            raise CommandError(_("Sheets with refused rows were left out whole. Mend them and run it again.")) from None
        except Problem as problem:
            raise CommandError(str(problem)) from None

    def _import(self, source: VectorFile, options: dict[str, Any]) -> None:
        for name in NEEDED:
            if not options[name]:
                raise BadParameter(_("This is needed."), field=f"--{name.replace('_', '-')}")
        mapping = checked_mapping(read_mapping(options["mapping"]), Parcels(), source.columns)
        valid_from: date = options["valid_from"]
        ledger = import_parcels(
            source,
            mapping,
            Register(options["commune"], options["document"], valid_from, _method(options)),
            actor=_officer(options["officer"]),
            dry_run=options["dry_run"],
            reading=lambda batches: shown_batches(batches, source.count, source.name, sys.stderr),
            storing=lambda sheets, total: shown_batches(sheets, total, source.name, sys.stderr),
        )
        for line in [*ledger.account(), *source.told_notes()]:
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("A dry run: nothing was stored."))


def _method(options: dict[str, Any]) -> Method:
    return Method(options["snap_mm"] / 1000, options["gap_mm"] / 1000, options["method"], options["accuracy_m"])


def _officer(username: str) -> Viewer:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise BadParameter(_("There is no account with this name."), field="--officer")
    return viewer_of(user)
