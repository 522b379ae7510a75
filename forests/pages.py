"""The pages of this domain: they follow from its layers."""

from django.utils.translation import gettext_lazy as _

from gis.web.pages.domains import domain_pages

urlpatterns = domain_pages("forests", _("Forests"), layers=("forest_plots",))
