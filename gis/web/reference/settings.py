"""The reference of settings, read from gis/settings.py: what each variable of the environment does."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gis.environment import ROLE_URLS, ROOT

SETTINGS = ROOT / "gis" / "settings.py"
ROLE_WORDS = {
    "DATABASE_URL": "The application's connection, `postgresql://user:password@host/database`.",
    "DATABASE_OWNER_URL": "Owns the tables; `migrate` uses it.",
    "DATABASE_LOADER_URL": "Loads in bulk.",
    "DATABASE_RENDER_URL": "Only reads, for pictures.",
}


@dataclass(frozen=True)
class Variable:
    """A variable of the environment, its value where it is not set, and what it does."""

    name: str
    default: str
    words: str


def variables(source: Path = SETTINGS) -> list[Variable]:
    """Every variable that the settings read, once, by name. Raises ValueError where one has no words."""
    found: dict[str, Variable] = {
        name: Variable(name, "" if name == "DATABASE_URL" else "`DATABASE_URL`", ROLE_WORDS[name])
        for name in ROLE_URLS.values()
    }
    found["HALONG_ENV_FILE"] = Variable(
        "HALONG_ENV_FILE", "`.local/halong.env`", "File of variables; those of the process itself stand over it."
    )
    for statement, words in _documented(ast.parse(source.read_text(encoding="utf-8")).body):
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        for name, default in _read_by(statement):
            if name not in found:
                found[name] = Variable(name, default, words)
    bare = [variable.name for variable in found.values() if not variable.words]
    if bare:
        raise ValueError(f"These variables have no docstring in {source.name}: {', '.join(bare)}.")
    return sorted(found.values(), key=lambda variable: variable.name)


def settings_page() -> str:
    """docs/reference/settings.md."""
    rows = "\n".join(
        f"| `{variable.name}` | {variable.default or 'not set'} | {variable.words} |" for variable in variables()
    )
    return (
        "# Settings\n\n"
        "Variables of the environment, or lines of `.local/halong.env` (`KEY=VALUE`). Written by\n"
        "`manage.py write_reference` from `gis/settings.py`.\n\n"
        "| variable | without it | what it does |\n| --- | --- | --- |\n"
        f"{rows}\n"
    )


def _documented(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement with the docstring that follows it; blocks are opened."""
    for statement, after in zip(body, [*body[1:], None], strict=True):
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        yield statement, " ".join(str(text).split())
        if isinstance(statement, ast.If):
            yield from _documented(statement.body)


def _read_by(statement: ast.Assign | ast.AnnAssign) -> Iterator[tuple[str, str]]:
    """(variable, its default as words) for every `env.get("NAME", default)` in an assignment."""
    for node in ast.walk(statement):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env"), attr="get"), args=[ast.Constant(str(name)), *rest]
            ):
                yield name, _default(rest)


def _default(rest: list[ast.expr]) -> str:
    match rest:
        case [ast.Constant(str(text))]:
            return f"`{text}`" if text else ""
        case _:
            return ""
