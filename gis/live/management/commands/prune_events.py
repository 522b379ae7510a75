"""Forget announced changes that nobody will resume from any more."""

import re
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from gis.live import outbox

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span_of_time(text: str) -> timedelta:
    """`90m`, `24h` or `7d`."""
    match = re.fullmatch(r"(\d{1,5})([mhd])", text)
    if match is None:
        raise ArgumentTypeError(f"{text} is no span of time (expected: as 90m, 24h or 7d)")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


class Command(BaseCommand):
    help = "Forget announced changes older than a span of time; the running service does so each hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than",
            type=span_of_time,
            default=timedelta(hours=settings.LIVE_RETENTION_HOURS),
            help=f"as 90m, 24h or 7d; {settings.LIVE_RETENTION_HOURS}h unless told",
        )

    def handle(self, *args: Any, older_than: timedelta, **options: Any) -> None:
        forgotten = outbox.prune(timezone.now() - older_than)
        self.stdout.write(f"{forgotten} events forgotten.")
