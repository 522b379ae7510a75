"""`write_reference`: docs/reference from the code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis.environment import ROOT
from gis.web.reference.layers import layers_page
from gis.web.reference.settings import settings_page

FOLDER = ROOT / "docs" / "reference"
PAGES = {"layers.md": layers_page, "settings.md": settings_page}


class Command(BaseCommand):
    help = "Write docs/reference from the layers' declarations and the settings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail where a page is not true any more"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        written = {FOLDER / name: page() for name, page in PAGES.items()}
        old = [path for path, text in written.items() if not path.exists() or path.read_text("utf-8") != text]
        if check and old:
            raise CommandError(f"Not true any more: {', '.join(path.name for path in old)}. Run write_reference.")
        for path in old:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path], encoding="utf-8")
