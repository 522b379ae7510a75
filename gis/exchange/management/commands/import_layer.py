"""`import_layer LAYER FILE --mapping mapping.json`: features of a vector file, with an account of every row."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis.access.viewer import SERVICE
from gis.exchange.importing import import_features
from gis.exchange.intake import Intake, intake_of
from gis.exchange.ledger import RowsRefused
from gis.exchange.mappings import checked_mapping, proposed_mapping, read_mapping
from gis.exchange.progress import shown_batches
from gis.exchange.tables import TableFile
from gis.exchange.vectors import Reading, VectorFile, open_vectors
from gis.problems import Problem


def add_reading_arguments(parser: ArgumentParser) -> None:
    """What may be said of a vector file that does not say it itself."""
    parser.add_argument("--crs", default="", help="reference system of the file, as EPSG:5899")
    parser.add_argument("--encoding", default="", help="of its texts: utf-8, cp1258, tcvn3 …")
    parser.add_argument("--file-layer", default="", help="name of the layer in a file with several")
    parser.add_argument("--swap-axes", action="store_true", help="coordinates stand north before east")


def add_storing_arguments(parser: ArgumentParser) -> None:
    """What is to become of the rows."""
    skipping = "store the rows that are right, leave out the rest"
    parser.add_argument("--skip-refused", action="store_true", help=skipping)
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, store nothing")


def reading_of(options: dict[str, Any]) -> Reading:
    return Reading(options["crs"], options["encoding"], options["file_layer"], options["swap_axes"])


def described(intake: Intake, source: VectorFile | TableFile) -> Iterator[str]:
    """What the layer takes, what the file holds, and a mapping to begin with."""
    where = f" ({intake.geometry}, EPSG:{intake.srid})" if intake.geometry else ""
    yield f"{intake.layer}: {intake.title}{where}"
    for target in intake.targets.values():
        needed = "*" if target.required else " "
        yield f"  {needed} {target.name}: {target.expected}"
    yield f"{source.name}: {source.count} × {source.crs_name if isinstance(source, VectorFile) else 'CSV'}"
    for column in source.columns:
        yield f"    {column}"
    yield json.dumps(proposed_mapping(intake, source.columns), ensure_ascii=False, indent=2)


class Command(BaseCommand):
    help = "Import features of a vector file into a layer. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("layer")
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="JSON or TOML: field of the layer → column of the file")
        parser.add_argument("--describe", action="store_true", help="show fields and columns, propose a mapping")
        add_reading_arguments(parser)
        add_storing_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            intake = intake_of(options["layer"])
            with open_vectors(options["file"], intake.srid, reading_of(options)) as source:
                if options["describe"]:
                    self.stdout.writelines(f"{line}\n" for line in described(intake, source))
                else:
                    self._import(intake, source, options)
        except RowsRefused as refusal:
            for line in refusal.ledger.account():
                self.stderr.write(line)
            told = _("Nothing was stored. Mend these rows, or leave them out with --skip-refused.")
            raise CommandError(told) from None
        except Problem as problem:
            raise CommandError(str(problem)) from None

    def _import(self, intake: Intake, source: VectorFile, options: dict[str, Any]) -> None:
        if options["mapping"] is None:
            raise CommandError(_("Which column fills which field? Name a file: --mapping; --describe proposes one."))
        mapping = checked_mapping(read_mapping(options["mapping"]), intake, source.columns)
        ledger = import_features(
            intake,
            source,
            mapping,
            actor=SERVICE,
            skip_refused=options["skip_refused"],
            dry_run=options["dry_run"],
            progress=lambda batches: shown_batches(batches, source.count, source.name, sys.stderr),
        )
        for line in [*ledger.account(), *source.told_notes()]:
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("A dry run: nothing was stored."))
