"""Addresses below `/accounts/`."""

from django.urls import path

from gis.web.accounts import views
from gis.web.accounts.forgotten import forgotten
from gis.web.accounts.openid.views import Begin, SignOut, callback
from gis.web.accounts.sign_in import SignIn

urlpatterns = [
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", SignOut.as_view(), name="logout"),
    path("openid/", Begin.as_view(), name="openid_begin"),
    path("openid/callback/", callback, name="openid_callback"),
    path("second-factor/", views.ask_second_factor, name="second_factor"),
    path("second-factor/enrol/", views.enrol_half_way, name="enrol_second_factor"),
    path("first-password/", views.first_password, name="first_password"),
    path("finish/", views.finish_sign_in, name="finish_sign_in"),
    path("invitation/<str:uidb64>/<str:token>/", views.Invitation.as_view(), name="invitation"),
    path("forgotten/", forgotten, name="forgotten"),
    path("reset/<str:uidb64>/<str:token>/", views.Reset.as_view(), name="reset"),
    path("me/", views.me, name="me"),
    path("me/password/", views.own_password, name="own_password"),
    path("me/second-factor/", views.own_second_factor, name="own_second_factor"),
    path("me/recovery-codes/", views.own_recovery_codes, name="own_recovery_codes"),
    path("me/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
]
