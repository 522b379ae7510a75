"""Roles, databases and keys: makes them on a server and writes `.local/halong.env` for the settings."""

import base64
import hashlib
import hmac
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from tools.steps import LOCAL, ROOT, Failed, local_folder

ENV_FILE = LOCAL / "halong.env"
DATABASE = "halong"
TEMPLATE = "halong_template"
"""An empty database with the extensions; the owner copies it for tests without being a superuser."""
URLS = {
    "halong_app": "DATABASE_URL",
    "halong_owner": "DATABASE_OWNER_URL",
    "halong_loader": "DATABASE_LOADER_URL",
    "halong_render": "DATABASE_RENDER_URL",
}
SQL = ROOT / "tools" / "sql"
EXTENSIONS = ("postgis", "btree_gist", "unaccent", "pg_trgm")
MAINTENANCE = ("", "postgres", "template1")
"""Databases that a URL may name only to reach the server."""
WORDS = [
    "bien", "buom", "ca", "cang", "chim", "dua", "dao", "deo", "doi", "gio", "hac",
    "hai", "hang", "hoa", "khoi", "lua", "may", "mua", "nang", "ngoc", "nuoc", "rung",
    "sao", "song", "suoi", "tam", "thong", "thuyen", "trang", "tre", "vang", "vinh",
]  # fmt: skip
"""Of the bay, without diacritics, for passwords that are read aloud."""
SCRAM_ROUNDS = 4096


@dataclass(frozen=True)
class Server:
    """A server and how to reach it as one who may create roles and databases there."""

    admin_url: str
    database: str
    private: bool
    """Whether nobody but this checkout uses it."""

    @classmethod
    def of_url(cls, url: str) -> "Server":
        """The server of the user's `DATABASE_URL`; Halong's own database there if it names none."""
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql", "postgis"):
            raise Failed("DATABASE_URL must look like postgresql://user:password@host:port/database")
        database = unquote(parts.path.lstrip("/"))
        return cls(
            joined(parts),
            DATABASE if database in MAINTENANCE else database,
            private=False,
        )

    def url(self, role: str, password: str, database: str | None = None) -> str:
        """The connection of *role*."""
        parts = urlsplit(self.admin_url)
        address = parts.netloc.rpartition("@")[2]
        return joined(
            parts._replace(
                netloc=f"{role}:{quote(password, safe='')}@{address}",
                path=f"/{quote(database or self.database)}",
            )
        )


def provision(server: Server, env_file: Path = ENV_FILE) -> None:
    """Make what is missing on *server* and in *env_file*; what is there is kept.

    Raises `Failed` with the SQL for an administrator if the connection given may not make it.
    """
    values = read_env(env_file)
    passwords = {role: password_in(values.get(name, "")) or secrets.token_hex(16) for role, name in URLS.items()}
    urls = {name: server.url(role, passwords[role]) for role, name in URLS.items()}
    keys = {
        "SECRET_KEY": values.get("SECRET_KEY") or secrets.token_urlsafe(48),
        "IDENTITY_KEYS": values.get("IDENTITY_KEYS") or f"1:{secrets.token_urlsafe(48)}",
        "DEMO_PASSWORD": values.get("DEMO_PASSWORD") or readable_password(),
    }
    if not server.private:
        urls["DATABASE_ADMIN_URL"] = server.admin_url
    elif "DATABASE_ADMIN_URL" in values:
        del values["DATABASE_ADMIN_URL"]
    sql = provisioning_sql(server, passwords)
    # Written first: whoever runs the SQL by hand has given the roles these passwords.
    write_env(values | urls | keys, env_file)
    if server.private:
        psql(server.admin_url, sql)
    elif lacks(server, passwords):
        provision_foreign(server, passwords, sql, env_file.parent / "provision.sql")


def provision_foreign(server: Server, passwords: dict[str, str], sql: str, script: Path) -> None:
    """Run *sql* on a server that others use too, or tell what its administrator has to run."""
    door = open_door(server)
    try:
        psql(door, sql)
    except Failed as refusal:
        write_private(script, sql)
        raise Failed(
            f"The role of DATABASE_URL may not make what Halong needs on that server:\n{refusal}\n\n"
            "An administrator of the server runs this, after which the same command works:\n\n"
            f"  psql -f {script} CONNECTION\n\n{sql}"
        ) from refusal
    still = lacks(server, passwords)
    if still:
        raise Failed(f"The server of DATABASE_URL is not ready: {still}")


def open_door(server: Server) -> str:
    """A connection to any database of *server* that the given role may enter; checks the version."""
    doors = [server.admin_url, with_database(server.admin_url, "postgres")]
    for door in doors:
        try:
            version = int(psql(door, "SHOW server_version_num"))
        except Failed as refusal:
            last = refusal
            continue
        if version < 150_000:
            raise Failed(f"The server of DATABASE_URL is PostgreSQL {version // 10_000}; Halong needs 15 or newer.")
        return door
    raise Failed(f"The server of DATABASE_URL does not let us in:\n{last}")


def lacks(server: Server, passwords: dict[str, str]) -> str:
    """What *server* still lacks, in words; empty when every role may do its work."""
    listed = ", ".join(f"'{name}'" for name in EXTENSIONS)
    count = f"SELECT count(*) FROM pg_extension WHERE extname IN ({listed})"
    try:
        for role, password in passwords.items():
            psql(server.url(role, password), "SELECT 1")
        for database in (server.database, TEMPLATE):
            if psql(server.url("halong_owner", passwords["halong_owner"], database), count) != str(len(EXTENSIONS)):
                return f"the database {database} lacks one of the extensions {', '.join(EXTENSIONS)}"
        owner = server.url("halong_owner", passwords["halong_owner"])
        if psql(owner, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") != "t":
            return "halong_owner may not create databases"
    except Failed as refusal:
        return str(refusal)
    return ""


def provisioning_sql(server: Server, passwords: dict[str, str]) -> str:
    """The psql script that makes roles, databases and extensions on *server*, without a password in clear."""
    values = {"database": server.database} | {role: scram_verifier(word) for role, word in passwords.items()}
    parts = ["\\set ON_ERROR_STOP on"]
    parts += [f"\\set {name} {quoted(value)}" for name, value in values.items()]
    parts.append((SQL / "server.sql").read_text())
    for database in (quoted(server.database), TEMPLATE):
        parts += [f"\\connect {database}", (SQL / "database.sql").read_text()]
    return "\n".join(parts)


def quoted(value: str) -> str:
    """*value* as an argument of psql's own commands."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores of *password* (RFC 5803), so that the password itself stands in no log."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ROUNDS)

    def keyed(name: bytes) -> bytes:
        return hmac.digest(salted, name, "sha256")

    def text(data: bytes) -> str:
        return base64.b64encode(data).decode()

    stored = hashlib.sha256(keyed(b"Client Key")).digest()
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{text(salt)}${text(stored)}:{text(keyed(b'Server Key'))}"


def psql(url: str, sql: str) -> str:
    """What *sql* answers, unaligned; the password travels in the environment, where `ps` does not show it."""
    parts = urlsplit(url)
    user, _, address = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    shown = joined(parts._replace(netloc=f"{name}@{address}" if name else address))
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10", "PGCLIENTENCODING": "UTF8"}
    if parts.password is not None:
        environment["PGPASSWORD"] = unquote(parts.password)
    done = subprocess.run(
        [psql_binary(), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", shown, "-f", "-"],
        input=sql,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(done.stderr.strip())
    return done.stdout.strip()


def psql_binary() -> str:
    """The newest psql; Debian's own in /usr/bin only wraps it."""
    binaries = Path("/usr/lib/postgresql").glob("[0-9]*/bin/psql")
    newest = max(binaries, key=lambda path: int(path.parts[-3]), default=None)
    found = str(newest) if newest else shutil.which("psql")
    if found is None:
        raise Failed("psql is missing: apt-get install postgresql-client")
    return found


def with_database(url: str, database: str) -> str:
    return joined(urlsplit(url)._replace(path=f"/{quote(database)}"))


def joined(parts: SplitResult) -> str:
    """The URL of *parts*, with the two slashes that `urlunsplit` leaves out where no host stands."""
    return f"postgresql://{urlunsplit(parts._replace(scheme='', netloc=''))}".replace("//", f"//{parts.netloc}", 1)


def password_in(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def readable_password() -> str:
    """A password that one can say on the telephone: three words and four digits."""
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), f"{secrets.randbelow(10_000):04}"])


def read_env(path: Path = ENV_FILE) -> dict[str, str]:
    """The KEY=VALUE lines of *path*, in their order."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def write_env(values: dict[str, str], path: Path = ENV_FILE) -> None:
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    write_private(
        path,
        f"# Connections and keys of this checkout; a value that stands here is kept.\n{text}",
    )


def write_private(path: Path, text: str) -> None:
    """Write *path* so that only this user can read it and nobody ever finds half of it."""
    if path.parent == LOCAL:
        local_folder()
    half = path.with_name(f"{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    half.replace(path)
