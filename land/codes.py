"""Codes that land's own code refers to. The list of land uses itself is data: `land.models.LandUse`."""

from django.utils.translation import gettext_lazy as _

from gis.access.roles import OVERSIGHT, declare

LAND_OFFICER = declare("land_officer", _("Land officer"), in_communes=True)
"""Edits the parcels of his commune."""
LAND_APPROVER = declare("land_approver", _("Land approver"), in_communes=True)
"""Approves what an officer of the same commune drew."""
LAND_CHECKER = declare("land_checker", _("Land checker"))
"""Checks drafts technically, in the whole province."""

WRITERS = frozenset({LAND_OFFICER, LAND_APPROVER})
DRAFTERS = WRITERS | {LAND_CHECKER}
"""Who works on drafts: draws, checks or approves them."""
READERS = frozenset({LAND_OFFICER, LAND_APPROVER, LAND_CHECKER}) | OVERSIGHT
"""Who sees defence and security land, in his areas."""

LARGEST_NUMBER = 99_999
"""Of sheets and of parcels on a sheet."""

HIDDEN_USES = ("CQP", "CAN")
"""Defence and security land: not published."""

USE_GROUPS = {
    "residential": ("ODT", "ONT", "OCT"),
    "rice": ("LUA", "LUC", "LUK", "LUN"),
    "annual_crops": ("CHN", "HNK", "BHK", "NHK", "NKH", "SXN", "NNP"),
    "perennial_crops": ("CLN",),
    "forest": ("LNP", "RSX", "RPH", "RDD"),
    "aquaculture": ("NTS", "LMU", "MVT"),
    "business": ("CSK", "SKK", "SKN", "SKT", "TMD", "SKC", "SKX"),
    "mining": ("SKS", "DRA"),
    "transport": ("DGT",),
    "water": ("DTL", "SON", "MNC", "MVB", "MVR", "MVK"),
    "cemetery": ("NTD",),
    "unused": ("CSD", "BCS", "DCS", "NCS"),
}
"""Land uses that maps draw alike; every other one is public or special-purpose land."""
