"""Rules of overlaps in the administration: read by the back office, kept by lawyers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.roles import KEEPERS_OF_LAW, LAWYER
from gis.access.viewer import Viewer
from gis.layers import registry
from gis.overlay.keeping import close_overlap_rule, enter_overlap_rule
from gis.overlay.models import OverlapRule
from gis.problems import Text
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.site import site

WORDS = {
    "layer": gettext_lazy("What is new"),
    "against": gettext_lazy("What it lies over"),
    "kind": gettext_lazy("Kind of it (code)"),
    "severity": gettext_lazy("What follows"),
    "document": gettext_lazy("Document"),
    "article": gettext_lazy("Article"),
    "note": gettext_lazy("Note"),
    "effective_from": gettext_lazy("In force from"),
    "effective_to": gettext_lazy("In force until (day after)"),
    "entered_at": gettext_lazy("Entered"),
}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _layers() -> list[tuple[str, Text]]:
    return [(layer.name, layer.title) for layer in registry.declared().values() if layer.overlay is not None]


class EnterOverlapRule(ActionForm):
    verb = "enter-rule"
    title = gettext_lazy("Enter a rule")
    explanation = gettext_lazy("A rule is never rewritten: close it and enter another one instead.")
    about_one = False
    layer = forms.ChoiceField(
        choices=lambda: [("", gettext_lazy("anything")), *_layers()], label=WORDS["layer"], required=False
    )
    against = forms.ChoiceField(choices=_layers, label=WORDS["against"])
    kind = forms.CharField(label=WORDS["kind"], max_length=40, required=False)
    severity = forms.ChoiceField(choices=OverlapRule.Severity.choices, label=WORDS["severity"])
    document = forms.CharField(label=WORDS["document"], max_length=200)
    article = forms.CharField(label=WORDS["article"], max_length=80, required=False)
    effective_from = _day(WORDS["effective_from"])
    note = forms.CharField(label=WORDS["note"], widget=forms.Textarea, required=False)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds({LAWYER}, None)

    def perform(self) -> Done:
        return Done(_("The rule is entered."), leads_to=enter_overlap_rule(self.viewer, self.cleaned_data))


class CloseOverlapRule(ActionForm):
    verb = "close-rule"
    title = gettext_lazy("Close the rule")
    explanation = gettext_lazy("From this day on it no longer holds; what was judged before stays as it was.")
    effective_to = _day(gettext_lazy("First day without it"))
    reason = forms.CharField(label=gettext_lazy("Document"), max_length=200)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return subject.effective_to is None and viewer.holds({LAWYER}, None)

    def perform(self) -> Done:
        rule = close_overlap_rule(self.viewer, self.subject.pk, **self.cleaned_data)
        return Done(_("The rule is closed."), leads_to=rule)


@admin.register(OverlapRule, site=site)
class OverlapRuleAdmin(HouseAdmin):
    one, many, group = gettext_lazy("overlap rule"), gettext_lazy("overlap rules"), gettext_lazy("Overlaps")
    words = {**WORDS}
    readers = KEEPERS_OF_LAW
    verbs = (EnterOverlapRule, CloseOverlapRule)
    list_display = ("layer", "against", "kind", "severity", "document", "article", "effective_from", "effective_to")
    list_filter = ("severity",)
    ordering = ("against", "layer", "kind", "effective_from")

    def record_target(self, obj: Any) -> str:
        return f"overlap_rule:{obj.pk}"
