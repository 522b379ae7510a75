"""In production nothing starts on a default."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from gis.access.role_settings import check_role_settings
from gis.environment import ENV_FILE, ROOT, load_environment, read_env_file

COMPLETE = {
    "HALONG_ENV": "production",
    "SECRET_KEY": "a-key-of-this-service-alone-0123456789-abcdefgh",
    "IDENTITY_KEYS": "1:a-key-for-identity-numbers-0123456789-abcdefgh",
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
    "missing",
    ["SECRET_KEY", "IDENTITY_KEYS", "PUBLIC_URL", "ALLOWED_HOSTS", "DATABASE_RENDER_URL", "DATABASE_LOADER_URL"],
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


OPENID = {
    "OIDC_ISSUER": "https://id.example",
    "OIDC_CLIENT_ID": "halong",
    "OIDC_AUTHORIZATION_URL": "https://id.example/authorize",
    "OIDC_TOKEN_URL": "https://id.example/token",
    "OIDC_JWKS_URL": "https://id.example/keys",
}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"OIDC_JWKS_URL": ""}, "OIDC_JWKS_URL"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_TOKEN_URL": "http://id.example/token"}, "OIDC_TOKEN_URL"),
    ],
)
def test_an_identity_provider_is_set_as_a_whole_and_asked_by_https(changed: dict[str, str], named: str) -> None:
    done = start(COMPLETE | OPENID | changed)
    assert "ImproperlyConfigured" in done.stderr and named in done.stderr


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("TWO_FACTOR", "required:admin,admn", "admn"),
        ("TWO_FACTOR", "required:", "TWO_FACTOR"),
        ("TWO_FACTOR", "optional:admin", "TWO_FACTOR"),
        ("OIDC_ROLES", ["storm=duty"], "duty"),
        ("OIDC_ROLES", ["storm"], "group=role"),
        ("OIDC_ROLES", ["storm=duty_officer@"], "group=role"),
        ("OIDC_ROLES", ["chiefs=leader@06685"], "leader"),
        ("OIDC_ROLES", ["chiefs=admin"], "never by a group"),
    ],
)
def test_no_setting_names_a_role_that_there_is_not(settings: Any, setting: str, value: Any, told: str) -> None:
    check_role_settings()
    setattr(settings, setting, value)
    with pytest.raises(ImproperlyConfigured, match=told):
        check_role_settings()


def test_the_service_does_not_start_on_a_role_that_there_is_not() -> None:
    command = [sys.executable, "manage.py", "check"]
    environment = os.environ | {"TWO_FACTOR": "required:admn"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "names the role admn, which there is not" in done.stderr


@pytest.mark.parametrize("keys", ["1:short", "one:" + 40 * "k", 40 * "k", f"1:{40 * 'k'},1:{40 * 'l'}", ""])
def test_keys_for_identity_numbers_that_are_none_do_not_start(keys: str) -> None:
    done = start({**COMPLETE, "IDENTITY_KEYS": keys})
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr and "IDENTITY_KEYS" in done.stderr
    assert 40 * "k" not in done.stderr
