"""The pages of this domain: they follow from its layers; the desk stands beside them."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from gis.web.pages.domains import domain_pages
from land.desk.links import from_navigation, from_row

urlpatterns = [
    path("edit/", include("land.desk.urls")),
    *domain_pages("land", _("Land"), layers=("parcels", "communes"), row_links=from_row, more=from_navigation),
]
