"""Rules of the house that no other tool holds."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.steps import ROOT

SHIPPED = ("gis", "land", "forests", "mines", "disaster", "frontend/src", "frontend/public")
SHIPPED_KINDS = {".py", ".html", ".txt", ".xml", ".js", ".ts", ".css", ".svg", ".json"}
KNOWN_HOSTS = {
    "127.0.0.1",
    "localhost",
    "json-schema.org",  # names of standards are written like addresses; nobody asks there
    "schemas.opengis.net",
    "www.geopackage.org",
    "www.opengis.net",
    "www.w3.org",
}
REGISTRIES = [".".join(name) for name in (("pypi", "org"), ("npmjs", "org"), ("pythonhosted", "org"))]


def files(*folders: str) -> Iterator[Path]:
    """Files of the project below *folders* (all: none given), as git knows or would add them."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    yield from (ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def test_no_folder_of_tests_is_a_package() -> None:
    """`tests/land/__init__.py` would shadow the real `land`."""
    assert [path for path in files("tests") if path.name == "__init__.py"] == []


def test_nothing_that_is_shipped_names_an_outside_host() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in files(*SHIPPED)
        if path.suffix in SHIPPED_KINDS and ".test." not in path.name
        for address in re.findall(r"https?://[^\s\"'`<>(){}$]+", path.read_text(encoding="utf-8"))
        if re.split(r"[/:?#]", address.partition("://")[2])[0] not in KNOWN_HOSTS
    ]
    assert found == []


def test_the_lock_files_name_no_registry_and_a_hash_for_every_file() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9._-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
        assert len(pins) == text.count("==") - len(re.findall(r" == '", text))
    lock = (ROOT / "frontend" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == len(re.findall(r'^    "node_modules/', lock, re.MULTILINE))


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    places = [f"/{name}/" for name in ("root", "work")]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in files()
        if path.suffix not in {".png", ".jpg", ".woff2", ".lock"}
        for word in (*REGISTRIES, *places)
        if re.search(rf"(?<![\w.]){re.escape(word)}", path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_gis_imports_no_domain() -> None:
    """import-linter reads imports of modules that it can find; this finds the others too."""
    domain = re.compile(r"^\s*(?:from|import)\s+(?:land|forests|mines|disaster|fixtures)\b", re.MULTILINE)
    assert [path for path in files("gis") if path.suffix == ".py" and domain.search(path.read_text())] == []


def test_the_locked_versions_are_those_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pins = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.split(r"[\[<>=~!; ]", wish)[0].lower() for wish in wanted]
    assert [name for name in names if name not in pins] == []


def test_every_direct_dependency_has_a_line_that_says_what_it_is_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text().lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    package = (ROOT / "frontend" / "package.json").read_text()
    python = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [re.split(r"[\[<>=~!; ]", wish)[0] for wish in python]
    names += re.findall(r'^    "([^"]+)": "[~^]?\d', package, re.MULTILINE)
    assert [name for name in names if f"`{name.lower()}`" not in page] == []
