"""The words for refusals by the guards of overlap rules."""

from django.utils.translation import gettext_lazy as _

from gis.actions.guards import sentences

sentences.update(
    {
        "overlap_rules_are_only_closed": _("A rule is closed and followed by another, never changed or removed."),
        "overlap_rule_names_its_document": _("A rule names the document that it stands in."),
        "overlap_rule_time_forward": _("A rule ends on the day it begins or later."),
    }
)
