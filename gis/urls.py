"""Every address of the house. Rooms and domains are named by string, so that nothing here imports a domain."""

from django.urls import include, path
from django.views.generic import RedirectView

from gis.web.admin.site import site

urlpatterns = [
    path("", include("gis.web.pages.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", site.urls),
    path("live/", include("gis.live.urls")),
    path("wms", include("gis.ogc.wms.urls")),
    path("ogc", include("gis.ogc.features.urls")),
    path("", include("gis.ogc.tiles.urls")),
    path("print", include("gis.web.printing.urls")),
    path("api/", include("gis.web.api.urls")),
    path("", include("gis.web.jobs.urls")),
    path("api/land/", include("land.urls")),
    path("api/disaster/", include("disaster.urls")),
    path("disaster/", include("disaster.briefing.urls")),
    path("land/", include("land.pages")),
    path("forests/", include("forests.pages")),
    path("mines/", include("mines.pages")),
    path("disaster/", include("disaster.pages")),
]

handler400 = "gis.problems.bad_request"
handler403 = "gis.problems.forbidden"
handler404 = "gis.problems.not_found"
handler500 = "gis.problems.server_error"
