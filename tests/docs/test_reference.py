"""docs/reference says what the code says."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gis.web.reference.settings import variables


def test_the_pages_of_the_reference_are_true() -> None:
    try:
        call_command("write_reference", check=True)
    except CommandError as difference:
        pytest.fail(str(difference))


def test_every_layer_and_every_connection_stands_in_the_reference() -> None:
    folder = Path(__file__).parents[2] / "docs" / "reference"
    assert "## parcels" in (folder / "layers.md").read_text(encoding="utf-8")
    assert "| `DATABASE_RENDER_URL` |" in (folder / "settings.md").read_text(encoding="utf-8")


def test_a_variable_without_words_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "settings.py"
    source.write_text('SIDE = int(env.get("SIDE", "3"))\n"""How long a side is."""\nDEPTH = env.get("DEPTH", "")\n')
    with pytest.raises(ValueError, match=r"no docstring in settings\.py: DEPTH"):
        variables(source)
