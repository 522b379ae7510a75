"""Run jobs in the background until told to end."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gis.exchange.jobs import upkeep
from gis.exchange.jobs.supervisor import Supervisor
from gis.exchange.jobs.worker import run_jobs

MOST_PROCESSES = 64


def number_of_processes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"{text} (expected: a number from 1 to {MOST_PROCESSES})")
    return int(text)


class Command(BaseCommand):
    help = (
        "Run the jobs that people asked for, until SIGTERM or Ctrl-C. What runs then is begun again by the next worker"
        " or offered for it. Results whose time is over are deleted meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--processes", type=number_of_processes, default=1, help="jobs that run at a time; 1")
        parser.add_argument("--batch", action="store_true", help="run what waits in this process, then end")
        parser.add_argument("--prune", action="store_true", help="delete what is over, then end")
        parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, processes: int, batch: bool, prune: bool, inside: bool, **options: Any) -> None:
        if prune:
            self._prune()
        elif batch:
            upkeep.recover()
            run_jobs(batch=True)
        elif inside:
            run_jobs(with_parent=True)
        else:
            self.stdout.write(f"Jobs are run by {processes} processes; Ctrl-C ends them.")
            Supervisor(processes).run()

    def _prune(self) -> None:
        gone = upkeep.prune()
        self.stdout.write(f"{gone.results} results, {gone.jobs} jobs and {gone.leftovers} leftover files deleted.")
