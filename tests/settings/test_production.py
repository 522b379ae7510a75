"""In production nothing starts on a default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gis.environment import ENV_FILE, ROOT, load_environment, read_env_file

COMPLETE = {
    "HALONG_ENV": "production",
    "SECRET_KEY": "a-key-of-this-service-alone-0123456789-abcdefgh",
    "PUBLIC_URL": "https://halong.example",
    "ALLOWED_HOSTS": "halong.example",
    "DATABASE_URL": "postgresql:///x",
    "DATABASE_OWNER_URL": "postgresql:///x",
    "DATABASE_RENDER_URL": "postgresql:///x",
    "DATABASE_LOADER_URL": "postgresql:///x",
}


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "HALONG_ENV_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, "-c", "import gis.settings"],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_complete_settings_start() -> None:
    assert start(COMPLETE).returncode == 0


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "PUBLIC_URL", "ALLOWED_HOSTS", "DATABASE_RENDER_URL", "DATABASE_LOADER_URL"]
)
def test_production_refuses_to_start_without_its_own_value(missing: str) -> None:
    done = start({name: value for name, value in COMPLETE.items() if name != missing})
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr and missing in done.stderr


def test_an_environment_file_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "halong.env"
    path.write_text("# keys\nSECRET_KEY='abc=d'\n\nDATABASE_URL=postgresql:///halong?host=/run/x\n")
    assert read_env_file(path) == {"SECRET_KEY": "abc=d", "DATABASE_URL": "postgresql:///halong?host=/run/x"}
    assert read_env_file(path.with_name("absent")) == {}


def test_a_given_database_puts_stored_role_connections_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_RENDER_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///somewhere_else")
    assert "DATABASE_RENDER_URL" not in load_environment()
    assert ENV_FILE.name == "halong.env"
