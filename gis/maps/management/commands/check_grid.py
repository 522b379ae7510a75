"""`check_grid`: where each engine puts the check point of the legal grid; fails when one disagrees."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis.geometry.crs import CHECK_TOLERANCE_M
from gis.maps.grid_check import deviations


class Command(BaseCommand):
    help = "Show where each engine puts the check point of EPSG:5899, and fail when one disagrees."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = []
        for name, (east, north), metres in deviations():
            self.stdout.write(f"{name:10} E {east:.4f}  N {north:.4f}  {metres * 1000:.2f} mm off")
            if not metres <= CHECK_TOLERANCE_M:
                wrong.append(name)
        if wrong:
            raise CommandError(f"These engines use another datum operation: {', '.join(wrong)}.")
