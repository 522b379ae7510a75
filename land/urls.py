"""Addresses of the land domain under `/api/land/`."""

from django.urls import path

from land.api.drafts import DraftStepView, DraftsView, DraftView
from land.api.history import ParcelHistoryView
from land.api.law import RulesView
from land.api.operations import FabricView, PreviewView, SheetsView
from land.api.parcels import ParcelAttributesView, ParcelView
from land.api.rights import (
    IdentityLogView,
    ParcelRightsView,
    PartiesView,
    PartyIdentityView,
    PartyLookUpView,
    PartyView,
)

urlpatterns = [
    path("parcels/<str:identifier>", ParcelView.as_view(), name="parcel"),
    path("parcels/<str:identifier>/attributes", ParcelAttributesView.as_view(), name="parcel-attributes"),
    path("parcels/<str:identifier>/history", ParcelHistoryView.as_view(), name="parcel-history"),
    path("parcels/<str:identifier>/rights", ParcelRightsView.as_view(), name="parcel-rights"),
    path("parties", PartiesView.as_view(), name="parties"),
    path("parties/look-up", PartyLookUpView.as_view(), name="party-look-up"),
    path("parties/<int:number>", PartyView.as_view(), name="party"),
    path("parties/<int:number>/identity", PartyIdentityView.as_view(), name="party-identity"),
    path("identity-log", IdentityLogView.as_view(), name="identity-log"),
    path("fabric", FabricView.as_view(), name="fabric"),
    path("sheets", SheetsView.as_view(), name="sheets"),
    path("previews", PreviewView.as_view(), name="previews"),
    path("rules", RulesView.as_view(), name="land-rules"),
    path("drafts", DraftsView.as_view(), name="drafts"),
    path("drafts/<int:number>", DraftView.as_view(), name="draft"),
    path("drafts/<int:number>/<str:step>", DraftStepView.as_view(), name="draft-step"),
]
