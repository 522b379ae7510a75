"""Every command that README and docs/ tell a reader to type is typed here, against a real server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gis.environment import ROOT
from support.guides import READERS_FILES
from support.server import Server

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
ADDRESS = "http://127.0.0.1:8000"
"""Where the pages say that the server is."""
SECONDS = 120
WATCHED_SECONDS = 2
"""How long a command that goes on by itself is left alone once it has said something."""
TESTED_AS_A_WHOLE = {
    "make demo": "tests/tools/test_whole_demo.py",
    "make test": "what runs this test",
    "make help": "tests/tools/test_house_rules.py",
}
"""Commands that set up or tear down the checkout itself: tested elsewhere, and too much to do twice."""
SHELL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
os.execvp("bash", ["bash", "-c", sys.argv[1]])
"""
"""A shell that Ctrl-C reaches, even where these tests run in the background and inherit that it is ignored."""
LANGUAGES = {"sh", "python", "text", "json", "ini", "sql"}


@dataclass(frozen=True)
class Command:
    page: str
    line: int
    text: str
    goes_on: bool
    """Whether its comment says that Ctrl-C ends it."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def fences(page: Path) -> Iterator[tuple[str, int, list[str]]]:
    """(language, number of its first line, lines) of every fenced block."""
    language: str | None = None
    block: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            block.append(line)
        elif language is None:
            language, block = line[3:].strip(), []
        else:
            yield language, number - len(block), block
            language = None


def commands(page: Path) -> list[Command]:
    """What a reader would type, in order; a line that ends with a backslash goes on."""
    found = []
    for language, first, lines in fences(page):
        if language != "sh":
            continue
        text, began = "", first
        for number, line in enumerate(lines, first):
            began = began if text else number
            text += line.removesuffix("\\")
            if line.endswith("\\"):
                continue
            typed, _hash, comment = re.sub(r"(^|\s)#\s", "\0", text, count=1).partition("\0")
            if typed.strip():
                found.append(Command(str(page.relative_to(ROOT)), began, typed.strip(), "Ctrl-C" in comment))
            text = ""
    return found


def is_tested_as_a_whole(command: Command) -> bool:
    return any(command.text.startswith(known) or f" {known}" in command.text for known in TESTED_AS_A_WHOLE)


WITH_COMMANDS = [page for page in PAGES if any(not is_tested_as_a_whole(command) for command in commands(page))]


@pytest.fixture
def checkout(tmp_path: Path, server: Server) -> Path:
    """A folder that looks like the checkout, in which a command may leave files, and the reader's own files."""
    for entry in ROOT.iterdir():
        if entry.name not in {".git", ".local"}:
            (tmp_path / entry.name).symlink_to(entry)
    for name, content in READERS_FILES.items():
        (tmp_path / name).write_bytes(content())
    return tmp_path


def test_every_block_of_the_pages_says_what_it_is() -> None:
    unknown = [
        f"{page.relative_to(ROOT)}:{first}: {language!r}"
        for page in PAGES
        for language, first, _lines in fences(page)
        if language not in LANGUAGES
    ]
    assert unknown == []


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_every_command_of_a_page_works(page: Path, server: Server, checkout: Path, password: str) -> None:
    environment = {**server.full_environment, "DEMO_PASSWORD": password, "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{environment['PATH']}"
    for command in commands(page):
        if not is_tested_as_a_whole(command):
            typed(command, server, checkout, environment)


def typed(command: Command, server: Server, folder: Path, environment: dict[str, str]) -> None:
    """Type *command* in *folder*, and Ctrl-C after a while if it goes on by itself; it must end well."""
    text = command.text.replace(ADDRESS, server.url)
    shell = subprocess.Popen(
        [sys.executable, "-c", SHELL, f"exec {text}" if command.goes_on else text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = ""
        if command.goes_on:
            assert shell.stdout
            said = shell.stdout.readline()  # it has begun: Ctrl-C before that would meet it at its imports
            time.sleep(WATCHED_SECONDS)
            shell.send_signal(signal.SIGINT)
        output, errors = shell.communicate(timeout=SECONDS)
        output = said + output
    except subprocess.TimeoutExpired:
        pytest.fail(f"{command}\nhas not ended after {SECONDS} s")
    finally:
        shell.kill()
    assert shell.returncode == 0, f"{command}\n{output[-2000:]}\n{errors[-2000:]}"
    assert "Traceback" not in errors, f"{command}\n{errors[-2000:]}"


def test_links_between_the_pages_lead_somewhere() -> None:
    lost = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert lost == []
