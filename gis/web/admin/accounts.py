"""Accounts, their roles, sessions and sign-ins."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms.widgets import DateInput
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis.access import roles, second_factor
from gis.access.invitations import Invitation
from gis.access.models import Grant, Identity, Session, SignInEvent, User
from gis.access.roles import ADMIN
from gis.access.viewer import Viewer
from gis.actions.accounts.correct_account import correct_account
from gis.actions.accounts.create_account import create_account
from gis.actions.accounts.deactivate_account import deactivate_account
from gis.actions.accounts.end_grant import end_grant
from gis.actions.accounts.grant_role import grant_role
from gis.actions.accounts.identities import link_identity, unlink_identity
from gis.actions.accounts.keeping import KEEPERS, target
from gis.actions.accounts.reactivate_account import reactivate_account
from gis.actions.accounts.remove_second_factor import remove_second_factor
from gis.actions.accounts.reset_password import reset_password, set_temporary_password
from gis.actions.accounts.unlock_account import unlock_account
from gis.places.models import Commune
from gis.web.accounts.mail import send_invitation
from gis.web.accounts.sign_in import is_locked
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.searching import containing
from gis.web.admin.site import site

ACCOUNTS = gettext_lazy("Accounts")
LINK_WORDS = gettext_lazy("Give this link to its owner. It is good once, for {days} days, and is not shown again.")
CHANGED = gettext_lazy("Done.")


def keeps_accounts(viewer: Viewer) -> bool:
    return viewer.holds(KEEPERS, None)


def by_link(invitation: Invitation) -> Done:
    """The link to copy; sent as a letter too where the service can send any."""
    words = LINK_WORDS.format(days=settings.INVITATION_DAYS)
    if send_invitation(invitation):
        words = f"{words} {_('It was sent to %s too.') % invitation.user.email}"
    return Done(CHANGED, settings.PUBLIC_URL + invitation.path, words, invitation.user)


class Reason(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)


class Names(forms.Form):
    last_name = forms.CharField(label=gettext_lazy("Family and middle name"), max_length=150, required=False)
    first_name = forms.CharField(label=gettext_lazy("Given name"), max_length=150, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)


class OneAccount(ActionForm):
    """An action on the account that the page shows."""

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer)

    @property
    def username(self) -> str:
        return str(self.subject.username)


class CreateAccount(Names, OneAccount):
    verb = "create"
    title = gettext_lazy("New account")
    about_one = False
    explanation = gettext_lazy(
        "The account has no role yet; its owner sets the password through a link that is shown next."
    )
    field_order = ["username", "last_name", "first_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"] = forms.CharField(label=_("User name"), max_length=150)
        self.order_fields(self.field_order)

    def perform(self) -> Done:
        values = dict(self.cleaned_data)
        return by_link(create_account(self.viewer, values.pop("username"), **values))


class CorrectAccount(Names, OneAccount):
    verb = "correct"
    title = gettext_lazy("Correct names and address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {field: getattr(self.subject, field) for field in self.fields}

    def perform(self) -> Done:
        return Done(CHANGED, leads_to=correct_account(self.viewer, self.username, **self.cleaned_data))


class ResetPassword(OneAccount):
    verb = "reset-password"
    title = gettext_lazy("Reset the password by a link")
    explanation = gettext_lazy("The password and all sessions end now; a new password is set through a link.")

    def perform(self) -> Done:
        return by_link(reset_password(self.viewer, self.username))


class TemporaryPassword(OneAccount):
    verb = "temporary-password"
    title = gettext_lazy("Reset the password by telling one")
    explanation = gettext_lazy("The password and all sessions end now; the new one is good for choosing another.")

    def perform(self) -> Done:
        words = _("Tell this password to its owner. It has to be changed at the next sign-in, and is not shown again.")
        return Done(CHANGED, set_temporary_password(self.viewer, self.username), words, self.subject)


class Deactivate(Reason, OneAccount):
    verb = "deactivate"
    title = gettext_lazy("Deactivate")
    explanation = gettext_lazy("Sessions and live maps of this account end at once. Its history stays.")

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and subject.is_active

    def perform(self) -> Done:
        return Done(CHANGED, leads_to=deactivate_account(self.viewer, self.username, **self.cleaned_data))


class Reactivate(Reason, OneAccount):
    verb = "reactivate"
    title = gettext_lazy("Activate again")

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and not subject.is_active

    def perform(self) -> Done:
        return by_link(reactivate_account(self.viewer, self.username, **self.cleaned_data))


class Unlock(Reason, OneAccount):
    verb = "unlock"
    title = gettext_lazy("Unlock")

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and is_locked(subject)

    def perform(self) -> Done:
        unlock_account(self.viewer, self.username, **self.cleaned_data)
        return Done(CHANGED)


class RemoveSecondFactor(Reason, OneAccount):
    verb = "remove-second-factor"
    title = gettext_lazy("Remove the second factor")
    explanation = gettext_lazy("For an authenticator that is lost. All sessions end.")

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and second_factor.device_of(subject) is not None

    def perform(self) -> Done:
        return Done(CHANGED, leads_to=remove_second_factor(self.viewer, self.username, **self.cleaned_data))


class LinkIdentity(OneAccount):
    verb = "link-identity"
    title = gettext_lazy("Link with the identity provider")
    explanation = gettext_lazy(
        "Whoever the provider calls by this identifier signs in as this account. A sign-in that is refused shows it."
    )
    subject = forms.CharField(label=gettext_lazy("Identifier at the provider (sub)"), max_length=255)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and bool(settings.OIDC_ISSUER) and subject.is_active

    def perform(self) -> Done:
        named = self.cleaned_data["subject"]
        link_identity(self.viewer, self.username, issuer=settings.OIDC_ISSUER, subject=named)
        return Done(CHANGED)


class UnlinkIdentity(Reason, OneAccount):
    verb = "unlink-identity"
    title = gettext_lazy("End the link with the identity provider")
    identity = forms.ModelChoiceField(
        Identity.objects.none(), label=gettext_lazy("Identifier at the provider (sub)"), empty_label=None
    )
    field_order = ["identity", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identity"].queryset = self.subject.identities.all()  # type: ignore[attr-defined]

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and subject.identities.exists()

    def perform(self) -> Done:
        unlink_identity(self.viewer, self.cleaned_data["identity"].pk, reason=self.cleaned_data["reason"])
        return Done(CHANGED)


def day_input() -> DateInput:
    return DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class GrantRole(Reason, OneAccount):
    verb = "grant"
    title = gettext_lazy("Give a role")
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    commune = forms.ModelChoiceField(
        Commune.objects.all(),
        label=pgettext_lazy("area", "Commune"),
        required=False,
        empty_label=gettext_lazy("the whole province"),
    )
    valid_from = forms.DateField(label=gettext_lazy("First day"), widget=day_input())
    last_day = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=day_input())
    field_order = ["role", "commune", "valid_from", "last_day", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.code, role.title) for role in roles.all_roles()]  # type: ignore[attr-defined]
        self.initial = {"valid_from": timezone.localdate()}

    def perform(self) -> Done:
        values = dict(self.cleaned_data)
        commune = values.pop("commune")
        grant_role(self.viewer, self.username, commune=commune and commune.pk, **values)
        return Done(CHANGED)


class EndGrant(Reason, ActionForm):
    verb = "end"
    title = gettext_lazy("End this role")
    explanation = gettext_lazy("Without a last day it ends at once.")
    last_day = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=day_input())
    field_order = ["last_day", "reason"]

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return keeps_accounts(viewer) and (subject.valid_to is None or subject.valid_to > timezone.localdate())

    def perform(self) -> Done:
        end_grant(self.viewer, self.subject.pk, **self.cleaned_data)
        still = Grant.objects.filter(pk=self.subject.pk).first()
        return Done(CHANGED, leads_to=still or "list")


class HeldRole(admin.SimpleListFilter):
    """Accounts that hold a role today."""

    title = gettext_lazy("Role today")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.code, str(role.title)) for role in roles.all_roles()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        held = Grant.objects.in_force(timezone.localdate()).filter(user=OuterRef("pk"), role=self.value())
        return queryset.filter(Exists(held))


@admin.register(User, site=site)
class UserAdmin(HouseAdmin):
    one, many, group = gettext_lazy("account"), gettext_lazy("accounts"), ACCOUNTS
    words = {
        "username": gettext_lazy("User name"),
        "first_name": gettext_lazy("Given name"),
        "last_name": gettext_lazy("Family and middle name"),
        "email": gettext_lazy("E-mail address"),
        "is_active": gettext_lazy("Active"),
        "date_joined": gettext_lazy("Since"),
        "last_login": gettext_lazy("Last sign-in"),
        "must_change_password": gettext_lazy("Password has to be changed"),
    }
    hidden = ("id", "password", "is_staff", "is_superuser")
    extra = ("roles_today", "second_factor_on", "locked_now", "sessions_open", "known_as")
    verbs = (
        CreateAccount, CorrectAccount, GrantRole, ResetPassword, TemporaryPassword, Unlock, RemoveSecondFactor,
        LinkIdentity, UnlinkIdentity, Deactivate, Reactivate,
    )  # fmt: skip
    list_display = ("username", "last_name", "first_name", "roles_today", "is_active", "last_login")
    list_filter = ("is_active", HeldRole)
    search_fields = ("username",)
    search_help_text = gettext_lazy("User name, names or e-mail address, with or without diacritics")
    ordering = ("username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("grants__commune")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "username", "first_name", "last_name", "email")

    def record_target(self, obj: Any) -> str:
        return target(obj)

    @admin.display(description=gettext_lazy("Roles today"))
    def roles_today(self, obj: User) -> Any:
        today = timezone.localdate()
        held = [
            (roles.title_of(grant.role), grant.commune.name if grant.commune else _("the whole province"))
            for grant in obj.grants.all()
            if grant.valid_from <= today and (grant.valid_to is None or grant.valid_to > today)
        ]
        return format_html_join("; ", "{} ({})", held) or "—"

    @admin.display(description=gettext_lazy("Second factor"), boolean=True)
    def second_factor_on(self, obj: User) -> bool:
        return second_factor.device_of(obj) is not None

    @admin.display(description=gettext_lazy("Locked now"), boolean=True)
    def locked_now(self, obj: User) -> bool:
        return is_locked(obj)

    @admin.display(description=gettext_lazy("Open sessions"))
    def sessions_open(self, obj: User) -> int:
        return Session.objects.filter(user=obj, expire_date__gt=timezone.now()).count()

    @admin.display(description=gettext_lazy("At the identity provider"))
    def known_as(self, obj: User) -> Any:
        return format_html_join("; ", "{} ({})", obj.identities.values_list("subject", "issuer")) or "—"


class InForce(admin.SimpleListFilter):
    """Grants by whether they hold today."""

    title = gettext_lazy("Holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("now", _("today")),
            ("ends", _("today, ends within 30 days")),
            ("later", _("later")),
            ("past", _("no more")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        now = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        wanted = {
            "now": now,
            "ends": now & Q(valid_to__lte=today + timedelta(days=30)),
            "later": Q(valid_from__gt=today),
            "past": Q(valid_to__lte=today),
        }
        return queryset.filter(wanted.get(self.value() or "", Q()))


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("Role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.code, str(role.title)) for role in roles.all_roles()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(role=self.value()) if self.value() else queryset


@admin.register(Grant, site=site)
class GrantAdmin(HouseAdmin):
    one, many, group = gettext_lazy("role held"), gettext_lazy("roles held"), ACCOUNTS
    words = {
        "user": gettext_lazy("Account"),
        "role": gettext_lazy("Code of the role"),
        "commune": pgettext_lazy("area", "Commune"),
        "valid_from": gettext_lazy("First day"),
        "valid_to": gettext_lazy("No more from"),
        "by_group": gettext_lazy("By a group at the identity provider"),
    }
    extra = ("role_title",)
    verbs = (EndGrant,)
    list_display = ("user", "role_title", "commune", "valid_from", "valid_to")
    list_filter = (InForce, RoleFilter, "commune")
    list_select_related = ("user", "commune")
    search_fields = ("user__username",)
    search_help_text = gettext_lazy("User name")
    ordering = ("user__username", "-valid_from")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "user__username")

    def record_target(self, obj: Any) -> str:
        return target(obj.user)

    @admin.display(description=gettext_lazy("Role"), ordering="role")
    def role_title(self, obj: Grant) -> str:
        return roles.title_of(obj.role)


@admin.register(SignInEvent, site=site)
class SignInAdmin(HouseAdmin):
    one, many, group = gettext_lazy("sign-in"), gettext_lazy("sign-ins"), ACCOUNTS
    words = {
        "at": gettext_lazy("Time"),
        "kind": gettext_lazy("What happened"),
        "user": gettext_lazy("Account"),
        "address": gettext_lazy("Address"),
        "agent": gettext_lazy("Browser"),
    }
    readers = frozenset({ADMIN})
    hidden = ("id",)
    list_display = ("at", "kind", "user", "address", "agent")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = gettext_lazy("User name or address")
    ordering = ("-id",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        user = User.objects.filter(username=term).values_list("pk", flat=True).first()
        return rows.filter(user=user) if user else self._whole(rows, "address", term)
