"""`check_fabric`: the whole fabric, looked over for coverage errors."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from land.fabric_check import Tear, sheets, tears

SHOWN = 20


class Command(BaseCommand):
    help = "Look the whole parcel fabric over for overlaps, thin gaps and missing nodes; ends with 1 where it is torn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--all", action="store_true", help="print every fault, not the first twenty")

    def handle(self, *args: Any, **options: Any) -> None:
        found = sheets()
        parcels, faults = 0, 0
        looked_over = tears(found, max(1, options["processes"]))
        for count, torn in tqdm(looked_over, total=len(found), unit=" sheets", disable=None):
            parcels += count
            for one in torn:
                faults += 1
                if options["all"] or faults <= SHOWN:
                    self.stdout.write(line_of(one))
        told = _("%(parcels)d parcels on %(sheets)d sheets: %(faults)d do not fit their neighbours.")
        summary = told % {"parcels": parcels, "sheets": len(found), "faults": faults}
        if faults:
            raise CommandError(summary)
        self.stdout.write(summary)


def line_of(tear: Tear) -> str:
    return f"{tear.commune}/{tear.sheet} {tear.identifier} {tear.length_m:.3f} m {tear.where[:200]}"
