"""Commands that are killed while they work, as an operator's machine that loses its power would."""

import os
import pty
import re
import signal
import subprocess
import sys
import termios
from pathlib import Path

from support.databases import role_urls

ROOT = Path(__file__).resolve().parents[2]
PERCENT = re.compile(rb"(\d+)%\|")
"""What a progress bar shows on a terminal."""


def killed_in_the_middle(database: str, *command: str, percent: int) -> bytes:
    """Run `manage.py` *command* and kill -9 it once its bar shows *percent* or more; returns what it showed."""
    terminal, its_end = pty.openpty()
    termios.tcsetwinsize(its_end, (40, 100))
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, **role_urls(database)},
        stdin=subprocess.DEVNULL,
        stdout=its_end,
        stderr=its_end,
    )
    os.close(its_end)
    try:
        shown = _read_until(terminal, percent)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(terminal)
    assert process.returncode == -signal.SIGKILL, f"it ended before it could be killed: {shown.decode()}"
    return shown


def _read_until(terminal: int, percent: int) -> bytes:
    """What stands on *terminal* once it shows *percent* or more; a process that ends closes it."""
    shown = b""
    while not any(percent <= int(found) < 100 for found in PERCENT.findall(shown)):
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            return shown
    return shown
