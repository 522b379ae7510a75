"""The administration itself: who is let in, and what of Django's own is replaced."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from gis.access.middleware import viewer_on
from gis.access.roles import KEEPERS_OF_LAW
from gis.problems import Forbidden


class Administration(AdminSite):
    """Lets in who holds a role of the back office, or keeps the rules, in the whole province, whatever his account's
    flags say."""

    site_title = _("Halong administration")
    site_header = _("Halong administration")
    index_title = _("Records and accounts")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return viewer_on(request).holds(KEEPERS_OF_LAW, None)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The house's own sign-in page: the only one that knows of locks and second factors."""
        if self.has_permission(request):
            return redirect("admin:index")
        if viewer_on(request).signed_in:
            raise Forbidden(needed_roles=sorted(KEEPERS_OF_LAW))
        return redirect_to_login(request.GET.get("next", request.get_full_path()), "login")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """By the action that everybody changes his own password with."""
        return redirect("own_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("me")


site = Administration(name="admin")
