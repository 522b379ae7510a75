"""The environment of a Halong process: variables, then `.local/halong.env`, then nothing.

`make demo` writes `.local/halong.env` (connections of the four database roles and the keys), so that
`manage.py` in a second shell finds the same database without any set-up.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("HALONG_ENV_FILE") or ROOT / ".local" / "halong.env")

ROLE_URLS = {
    "default": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "loader": "DATABASE_LOADER_URL",
    "render": "DATABASE_RENDER_URL",
}


def read_env_file(path: Path = ENV_FILE) -> dict[str, str]:
    """KEY=VALUE lines of *path*; blank lines and lines that begin with # are passed over."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#") and "=" in line)
    return {key.strip(): value.strip().strip("'\"") for key, value in pairs}


def load_environment() -> dict[str, str]:
    """The process's own variables over the file's.

    A `DATABASE_URL` that the file was provisioned from (`DATABASE_ADMIN_URL`) does not displace the
    narrower role connections made for it; one that the file knows nothing of puts them all aside.
    """
    stored = read_env_file()
    given = os.environ.get("DATABASE_URL")
    known = (None, stored.get("DATABASE_ADMIN_URL"), stored.get("DATABASE_URL"))
    if given not in known:
        stored = {name: value for name, value in stored.items() if name not in ROLE_URLS.values()}
    merged = {**stored, **os.environ}
    if given in known and "DATABASE_URL" in stored:
        merged["DATABASE_URL"] = stored["DATABASE_URL"]
    return merged
