"""Addresses of consent and referral, of privileged notes, and of demands for data."""

from django.urls import path

from accompany.web import consents, demands, notes

urlpatterns = [
    path("people/<str:code>/consent", consents.consent, name="consent"),
    path("people/<str:code>/consent/record", consents.record_consent, name="record-consent"),
    path(
        "people/<str:code>/consent/<uuid:key>/withdraw",
        consents.withdraw_consent,
        name="withdraw-consent",
    ),
    path("people/<str:code>/refer", consents.refer, name="refer"),
    path("people/<str:code>/referrals/<uuid:key>/file", consents.file, name="referral-file"),
    path("referrals/waiting", consents.overrides, name="overrides"),
    path("people/<str:code>/notes/counsel", notes.counsel_notes, name="counsel-notes"),
    path("people/<str:code>/notes/therapy", notes.therapy_notes, name="therapy-notes"),
    path("demands", demands.demands, name="demands"),
    path("demands/log", demands.log_demand, name="log-demand"),
    path("demands/<uuid:key>", demands.demand, name="demand"),
]
