"""What Debian must bring: named with the command that installs it."""

import os
import subprocess
import sys
from pathlib import Path

from tools.steps import ROOT


def check(programs: Path) -> "subprocess.CompletedProcess[str]":
    """What a machine is told where only the programs in *programs* are found."""
    return subprocess.run(
        [sys.executable, "-m", "tools.system", "--check", "--browser"],
        cwd=ROOT,
        env={"PATH": str(programs), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_missing_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    (tmp_path / "apt-get").symlink_to("/usr/bin/true")
    told = check(tmp_path)
    assert told.returncode == 1
    assert "Missing: gettext, Chromium, GDAL's commands, curl." in told.stdout
    assert "apt-get install --no-install-recommends gettext chromium gdal-bin curl" in told.stdout


def test_a_system_without_apt_is_told_the_names_of_the_packages(tmp_path: Path) -> None:
    told = check(tmp_path)
    assert told.returncode == 1
    assert "gettext: gettext" in told.stdout
    assert "apt-get install" not in told.stdout


def test_where_nothing_is_missing_it_says_so() -> None:
    told = check(Path(os.environ["PATH"]))
    assert (told.returncode, told.stdout.strip()) == (0, "Nothing is missing.")
