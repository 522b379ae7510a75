"""`briefing STORM FILE`: the briefing on a storm, as everybody may see it, written to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from disaster.briefing.page import briefing_page
from disaster.models import Storm
from gis.access.viewer import Viewer
from gis.problems import Problem


class Command(BaseCommand):
    help = "Write the briefing on a storm to FILE: one page that opens without a network."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("storm", help="its id, or its name as yagi: then the newest of that name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="vi")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["storm"]
        try:
            key = int(name) if name.isascii() and name.isdigit() else _named(name)
            with translation.override(options["language"]):
                page, _policy = briefing_page(key, Viewer.public())
            options["file"].write_text(page, encoding="utf-8")
        except Problem as problem:
            raise CommandError(str(problem)) from None
        except OSError:
            raise CommandError(_("The file cannot be written: %s.") % options["file"].name) from None
        self.stdout.write(f"{options['file'].name}: {len(page.encode()) // 1024} KiB")


def _named(name: str) -> int:
    """Id of the newest storm of this name, what happened before what was played; 0 where there is none."""
    found = Storm.objects.filter(name__iexact=name).order_by("exercise", "-season", "-number")
    return found.values_list("pk", flat=True).first() or 0
