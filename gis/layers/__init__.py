"""One declaration per published layer, and the one query behind every format.

A domain's `layers.py` begins with `from gis.layers import Field, Layer, Rule, Style, register`.
"""

from gis.layers.base import Field, Layer, Overview, Past, Search
from gis.layers.registry import register
from gis.layers.styles import Label, Rule, Style

__all__ = ["Field", "Label", "Layer", "Overview", "Past", "Rule", "Search", "Style", "register"]
