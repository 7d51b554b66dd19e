"""Addresses of pages about persons: codes stand in them, never names."""

from django.urls import path

from accompany.web import cases, erasing, people, recording

urlpatterns = [
    path("people", people.people_page, name="people"),
    path("people/<str:code>", people.person, name="person"),
    path("people/<str:code>/family", people.family, name="family"),
    path("people/<str:code>/who-sees", cases.who_sees, name="who-sees"),
    path("record/person", recording.new_person, name="record-person"),
    path("people/<str:code>/record/facts", recording.more, name="record-facts"),
    path("people/<str:code>/record/stay", recording.stay, name="record-stay"),
    path("people/<str:code>/record/tie", recording.tie, name="record-tie"),
    path("people/<str:code>/record/arrival", recording.arrival, name="record-arrival"),
    path("people/<str:code>/record/standing/<str:of>", recording.standing, name="record-standing"),
    path("people/<str:code>/record/separation", recording.separation, name="record-separation"),
    path(
        "people/<str:code>/record/reunification",
        recording.reunification,
        name="record-reunification",
    ),
    path("people/<str:code>/join", recording.join, name="join"),
    path("people/<str:code>/part/<str:other>", recording.part, name="part"),
    path("people/<str:code>/correct/<str:kind>/<uuid:key>", recording.correct, name="correct"),
    path("people/<str:code>/erase", erasing.erase, name="erase"),
    path("people/<str:code>/erase/confirm", erasing.confirm_erasure, name="confirm-erasure"),
    path("erasures", erasing.erasures, name="erasures"),
    path("questions/<uuid:key>/answer", recording.answer, name="answer"),
]
