"""`make test` and `make lint`: every check, in the order in which they fail fastest."""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator

from tools import prepare
from tools.steps import ROOT, Failed, Steps, Stopped, end_group, raise_on_signals

PROCESSES = 2
"""Of the tests: most of them wait for a database or a browser half of their time."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint", action="store_true", help="all but the tests")
    parser.add_argument("pytest", nargs="*", help="given to pytest, after --")
    options = parser.parse_args()
    raise_on_signals()
    checks = dict(static_checks())
    steps = Steps(prepare.STEPS + len(checks))
    try:
        with prepare.prepared(steps, browser=not options.lint):
            broken = [title for title, command in checks.items() if not passes(steps, title, command)]
            code = 0 if options.lint else run_tests(options.pytest)
    except Stopped as stopped:
        steps.say(f"\n{stopped}: not finished.")
        return 130
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        return 1
    steps.say(f"\n{time.monotonic() - steps.began:.0f} s in all.")
    if broken:
        steps.say(f"Not passed: {', '.join(broken)} (what they found stands above).")
    return code or bool(broken)


def static_checks() -> Iterator[tuple[str, list[str]]]:
    """Title and command of each check that needs no database of its own."""
    programs = prepare.VENV / "bin"
    yield "Formatting", [str(programs / "ruff"), "format", "--check", "."]
    yield "Lint", [str(programs / "ruff"), "check", "."]
    yield "Import contracts", [str(programs / "lint-imports"), "--no-logo"]
    yield "Types", [str(programs / "mypy")]
    yield "Migrations", [str(prepare.PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"]
    yield "Front end checks", [str(programs / "npm"), "--prefix", "frontend", "run", "check"]
    yield "Front end tests", [str(programs / "npm"), "--prefix", "frontend", "test"]


def passes(steps: Steps, title: str, command: list[str]) -> bool:
    """Run one check; what it found is printed, and the others still run."""
    try:
        with steps.step(title) as step:
            step.run(command, env=prepare.environment())
            step.result = "passed"
    except Failed as failed:
        steps.say(f"{failed}\n")
        return False
    return True


def run_tests(arguments: list[str]) -> int:
    """pytest, in a session of its own, so that a signal ends it with everything that it started."""
    shared = ["--numprocesses", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [str(prepare.PYTHON), "-m", "pytest", *shared, *arguments]
    tests = subprocess.Popen(
        command, cwd=ROOT, env=prepare.environment(), stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return tests.wait()
    finally:
        end_group(tests, grace=5)


if __name__ == "__main__":
    sys.exit(main())
