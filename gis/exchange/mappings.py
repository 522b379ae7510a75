"""The mapping file: which column of a file, or which constant, fills which field of a layer."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis.exchange.files import read_text
from gis.exchange.intake import Intake, folded
from gis.problems import Invalid

LARGEST_MAPPING_BYTES = 2**20


@dataclass(frozen=True)
class Origin:
    """Where a field's text comes from: a *column*, its texts replaced by *values* where given, or a *constant*."""

    column: str | None = None
    values: dict[str, str] | None = None
    constant: str | None = None

    def text(self, values: dict[str, str | None]) -> str | None:
        """The text in a feature's *values*. Raises `Invalid` for one that the table of values lacks."""
        if self.column is None:
            return self.constant
        text = values[self.column]
        if self.values is None or text is None:
            return text
        if text not in self.values:
            told = _("%r is not in the mapping's table of values.") % text[:60]
            raise Invalid(told, field=self.column, expected=" | ".join(list(self.values)[:30]))
        return self.values[text]


Mapping = dict[str, Origin]


def read_mapping(path: Path) -> dict[str, Any]:
    """The content of a mapping file, JSON or TOML by its ending. Raises `BadParameter` or `Invalid`."""
    expected = _('JSON or TOML: {"field": "column", "other": {"column": "…", "values": {…}}, "third": {"value": "…"}}')
    text = "\n".join(line for _number, line in read_text(path, expected=expected, limit=LARGEST_MAPPING_BYTES).lines)
    try:
        read = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        told = _("The mapping cannot be read: %s.") % error
        raise Invalid(told, field="mapping", expected=expected) from error
    if not isinstance(read, dict):
        raise Invalid(_("The mapping is no table."), field="mapping", expected=expected)
    return read


def checked_mapping(written: dict[str, Any], intake: Intake, columns: list[str]) -> Mapping:
    """*written* against what the layer takes and the file holds. Raises `Invalid` with the names there are."""
    if unknown := [name for name in written if name not in intake.targets]:
        told = _("The layer takes no field %s.") % ", ".join(unknown)
        raise Invalid(told, field="mapping", expected=", ".join(intake.targets))
    mapping = {name: _origin(name, origin, columns) for name, origin in written.items()}
    if missing := [name for name, target in intake.targets.items() if target.required and name not in mapping]:
        told = _("The mapping does not say where these come from: %s.") % ", ".join(missing)
        raise Invalid(told, field="mapping", expected=", ".join(columns))
    return mapping


def _origin(name: str, written: Any, columns: list[str]) -> Origin:
    if isinstance(written, str):
        written = {"column": written}
    known = isinstance(written, dict) and set(written) in ({"column"}, {"column", "values"}, {"value"})
    if not known or not isinstance(written.get("values", {}), dict):
        expected = '"column" | {"column": "…", "values": {…}} | {"value": "…"}'
        raise Invalid(_("The mapping of %s is not understood.") % name, field="mapping", expected=expected)
    if "value" in written:
        return Origin(constant=_constant(written["value"]))
    if written["column"] not in columns:
        told = _("The file has no column %s.") % written["column"]
        raise Invalid(told, field="mapping", expected=", ".join(columns))
    values = {str(before): str(after) for before, after in written["values"].items()} if "values" in written else None
    return Origin(column=written["column"], values=values)


def _constant(value: Any) -> str | None:
    return None if value is None else str(value)


def proposed_mapping(intake: Intake, columns: list[str]) -> dict[str, Any]:
    """A mapping by the names of columns, to begin with; fields that nothing fits are left out."""
    by_name = {folded(column): column for column in reversed(columns)}
    proposal = {}
    for name, target in intake.targets.items():
        for candidate in (name, *target.aliases):
            if folded(candidate) in by_name:
                proposal[name] = by_name[folded(candidate)]
                break
    return proposal
