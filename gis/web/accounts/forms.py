"""Forms of an account's own pages."""

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from gis.access.models import User

CODE_LENGTH = 24


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class AddressForm(forms.Form):
    """Whose password was forgotten."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class OwnPasswordForm(forms.Form):
    """The password he has now, before something that a stolen session must not do."""

    old_password = forms.CharField(
        label=_("Your password now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A new password, twice; the rules are the action's."""

    def validate_password_for_user(self, user: User, password_field_name: str = "password2") -> None:
        """Left to `change_password`, whose refusal is shown at the field."""


class ChangePasswordForm(OwnPasswordForm, NewPasswordForm):
    field_order = ["old_password", "new_password1", "new_password2"]


class PasswordAndCodeForm(OwnPasswordForm, CodeForm):
    field_order = ["old_password", "code"]
