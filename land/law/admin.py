"""The rules of land law in the administration: read by the back office, kept by lawyers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis.access.roles import KEEPERS_OF_LAW, LAWYER
from gis.access.viewer import Viewer
from gis.places.models import Commune
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.site import site
from land.actions.law.close_rule import close_rule
from land.actions.law.enter_rule import enter_rule
from land.models import LandRule

WORDS = {
    "kind": gettext_lazy("What it demands"),
    "limit": gettext_lazy("Limit"),
    "map_scale": gettext_lazy("Map scale 1:"),
    "land_uses": gettext_lazy("Land uses"),
    "commune": pgettext_lazy("area", "Commune"),
    "commune_kinds": gettext_lazy("Kinds of communes"),
    "operations": gettext_lazy("Operations"),
    "severity": gettext_lazy("What follows"),
    "status": gettext_lazy("Reliability"),
    "document": gettext_lazy("Document"),
    "article": gettext_lazy("Article"),
    "effective_from": gettext_lazy("In force from"),
    "effective_to": gettext_lazy("In force until (day after)"),
    "note": gettext_lazy("Note"),
    "source": gettext_lazy("Where it was read"),
    "source_sha256": gettext_lazy("SHA-256 of the file"),
    "entered_at": gettext_lazy("Entered"),
}
PEOPLES_STATUSES = [choice for choice in LandRule.Status.choices if choice[0] != LandRule.Status.DEMO]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _codes(name: str, help_text: Any) -> SimpleArrayField:
    return SimpleArrayField(forms.CharField(max_length=30), label=WORDS[name], help_text=help_text, required=False)


class EnterRule(ActionForm):
    verb = "enter-rule"
    title = gettext_lazy("Enter a rule")
    explanation = gettext_lazy("A rule is never rewritten: close it and enter another one instead.")
    about_one = False
    kind = forms.ChoiceField(choices=LandRule.Kind.choices, label=WORDS["kind"])
    limit = forms.DecimalField(label=WORDS["limit"], decimal_places=3, required=False, localize=True)
    map_scale = forms.IntegerField(label=WORDS["map_scale"], min_value=1, required=False)
    land_uses = _codes("land_uses", gettext_lazy("Codes with commas between them, as ODT,ONT; empty: all"))
    commune = forms.ModelChoiceField(Commune.objects.all(), label=WORDS["commune"], required=False)
    commune_kinds = _codes("commune_kinds", "phuong,xa,dac_khu")
    operations = _codes("operations", "split,split_by_area,…")
    severity = forms.ChoiceField(choices=LandRule.Severity.choices, label=WORDS["severity"])
    status = forms.ChoiceField(choices=PEOPLES_STATUSES, label=WORDS["status"])
    document = forms.CharField(label=WORDS["document"], max_length=200)
    article = forms.CharField(label=WORDS["article"], max_length=80, required=False)
    effective_from = forms.DateField(label=WORDS["effective_from"], widget=DAY)
    note = forms.CharField(label=WORDS["note"], widget=forms.Textarea, required=False)
    source = forms.CharField(label=WORDS["source"], max_length=300, required=False)
    source_sha256 = forms.CharField(label=WORDS["source_sha256"], max_length=64, required=False)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds({LAWYER}, None)

    def perform(self) -> Done:
        return Done(_("The rule is entered."), leads_to=enter_rule(self.viewer, self.cleaned_data))


class CloseRule(ActionForm):
    verb = "close-rule"
    title = gettext_lazy("Close the rule")
    explanation = gettext_lazy("From this day on it no longer holds; what was judged before stays as it was.")
    effective_to = forms.DateField(label=gettext_lazy("First day without it"), widget=DAY)
    reason = forms.CharField(label=gettext_lazy("Document"), max_length=200)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return subject.effective_to is None and viewer.holds({LAWYER}, None)

    def perform(self) -> Done:
        rule = close_rule(self.viewer, self.subject.pk, **self.cleaned_data)
        return Done(_("The rule is closed."), leads_to=rule)


@admin.register(LandRule, site=site)
class LandRuleAdmin(HouseAdmin):
    one, many, group = gettext_lazy("land rule"), gettext_lazy("land rules"), gettext_lazy("Land")
    words = {**WORDS}
    readers = KEEPERS_OF_LAW
    verbs = (EnterRule, CloseRule)
    list_display = (
        "kind",
        "limit",
        "map_scale",
        "severity",
        "status",
        "document",
        "article",
        "effective_from",
        "effective_to",
    )
    list_filter = ("kind", "status", "severity")
    ordering = ("kind", "effective_from", "pk")

    def record_target(self, obj: Any) -> str:
        return f"land_rule:{obj.pk}"
