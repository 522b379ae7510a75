"""The pages of a domain: what it holds, lists narrowed by links, details, and the lists as files.

All of it follows from the layers' declarations; a domain only says that it wants the pages (`{domain}/pages.py`).
"""

from gis.web.pages.domains.views import domain_pages

__all__ = ["domain_pages"]
