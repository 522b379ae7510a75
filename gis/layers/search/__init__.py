"""Search over all layers that declare what of them is found by typing (`Layer.search`).

`asked` is what was typed, `ways` how it may mean rows of a layer, `statements` the SQL of each way, `finding` asks the
database and puts the results in order.
"""

from gis.layers.search.asked import LONGEST_TEXT
from gis.layers.search.finding import MOST_RESULTS, Found, search

__all__ = ["LONGEST_TEXT", "MOST_RESULTS", "Found", "search"]
