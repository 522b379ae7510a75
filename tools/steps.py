"""The steps of a long command: what runs, for how long, and what it said when it fails."""

import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
HEARTBEAT = 10.0
"""Seconds between two signs of life of a step where the output is not a terminal."""
TAIL_LINES = 25


class Failed(Exception):
    """A step cannot go on; the text tells a person what is wrong and what to do."""


class Stopped(BaseException):
    """A signal asked the command to end; not an error of any step, so no `except Exception` sees it."""


class Step:
    """One step while it runs."""

    def __init__(self, steps: "Steps", title: str) -> None:
        self.steps, self.title = steps, title
        self.began = self._spoke = time.monotonic()
        self.result = "done"

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        interactive: bool = False,
        bars: bool = False,
    ) -> str:
        """Run *command* to its end and return what it printed, which also goes to `.local/log/`.

        *interactive* leaves it in the terminal's process group, where `sudo` may ask for a password.
        *bars* gives it a terminal of its own to print on, since tqdm draws its bars only there.
        Raises `Failed` with the end of the output when it exits with an error.
        """
        log = self.steps.log_file(self.title)
        reader, writer = os.openpty() if bars else os.pipe()
        if bars:
            termios.tcsetwinsize(writer, (24, 80))
        with log.open("ab") as sink, os.fdopen(reader, "rb", 0):
            sink.write(f"$ {' '.join(command)}\n".encode())
            sink.flush()
            try:
                process = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env=None if env is None else dict(env),
                    stdin=None if interactive else subprocess.DEVNULL,
                    stdout=writer,
                    stderr=writer,
                    start_new_session=not interactive,
                )
            except FileNotFoundError as missing:
                raise Failed(f"{command[0]} is not installed here.") from missing
            finally:
                os.close(writer)
            try:
                output = self._follow(process, reader, sink)
            except BaseException:
                if interactive:
                    process.terminate()
                else:
                    end_group(process, grace=2)
                raise
        if process.returncode:
            said = "\n".join(lines_of(output)[-TAIL_LINES:])
            raise Failed(f"{said}\n\n{command[0]} ended with code {process.returncode}; all it said: {log}")
        return output

    def _follow(self, process: "subprocess.Popen[bytes]", reader: int, sink: BinaryIO) -> str:
        chunks: list[bytes] = []
        while True:
            ready, _, _ = select.select([reader], [], [], 0.5)
            try:
                chunk = os.read(reader, 65536) if ready else None
            except OSError:  # how a terminal says that nobody writes to it any more
                break
            if chunk == b"":
                break
            if chunk:
                sink.write(chunk)
                chunks.append(chunk)
            self.alive(b"".join(chunks[-8:]).decode(errors="replace"))
        process.wait()
        return b"".join(chunks).decode(errors="replace")

    def alive(self, output: str = "") -> None:
        """Show that the step still runs, with the last line it printed."""
        said = (lines_of(output) or [""])[-1].strip()
        if self.steps.terminal:
            self.steps.rewrite(f"{self.title} {self.seconds:.0f} s  {said}")
        elif time.monotonic() - self._spoke > HEARTBEAT:
            self._spoke = time.monotonic()
            self.steps.say(f"        … {self.seconds:.0f} s  {said[:100]}")


class Steps:
    """Numbered steps on a terminal or in a log."""

    def __init__(self, total: int, out: TextIO = sys.stdout) -> None:
        self.total, self.number, self.out = total, 0, out
        self.terminal = out.isatty()
        self.began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Announce a step, time it, and tell its result."""
        self.number += 1
        step = Step(self, title)
        self.log_file(title).unlink(missing_ok=True)
        if self.terminal:
            self.rewrite(title)
        else:
            self.say(f"{self._count}  {title}")
        try:
            yield step
        except BaseException:
            self._finish(f"{self._count}  {title}: not done ({step.seconds:.1f} s)")
            raise
        line = f"{step.result} ({step.seconds:.1f} s)"
        self._finish(f"{self._count}  {title}: {line}" if self.terminal else f"        {line}")

    @property
    def _count(self) -> str:
        return f"[{self.number:>2}/{self.total}]"

    def _finish(self, line: str) -> None:
        self._write("\r\x1b[K" if self.terminal else "")
        self.say(line)

    def rewrite(self, text: str) -> None:
        """Replace the line that stands on the terminal."""
        width = os.get_terminal_size(self.out.fileno()).columns or 80
        self._write(f"\r\x1b[K{self._count}  {text}"[: width + 3])

    def say(self, text: str) -> None:
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        # Who reads no further (`make demo | head`) ends neither the command nor its tidy end.
        with suppress(BrokenPipeError):
            self.out.write(text)
            self.out.flush()

    def log_file(self, title: str) -> Path:
        folder = local_folder() / "log"
        folder.mkdir(exist_ok=True)
        return folder / f"{title.lower().replace(' ', '-')}.log"


def local_folder() -> Path:
    """`.local/`, where all that belongs to this checkout alone is kept; nobody else may read it."""
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    return LOCAL


def lines_of(output: str) -> list[str]:
    """The lines of *output*; a progress bar rewrites its line with carriage returns."""
    return [line for line in output.replace("\r", "\n").split("\n") if line.strip()]


def end_group(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """End *process* and all of its process group: asked first, killed after *grace* seconds."""
    for request, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 1.0)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, request)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.poll() is not None and not group_lives(process.pid):
                return
            time.sleep(0.02)


def group_lives(group: int) -> bool:
    """Whether a process of *group* still runs; those that ended and wait to be reaped do not count."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False


def raise_on_signals() -> None:
    """Let SIGINT, SIGTERM and SIGHUP end the command through `Stopped`, once; later ones change nothing."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, _frame: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for each in signals:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, stop)
