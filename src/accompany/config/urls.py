"""Which page is this? Every address, in the order a visitor meets them."""

from django.urls import URLPattern, URLResolver, include, path

from accompany.web import entering, figures, help, lists, today, trail, users

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in", entering.sign_in, name="sign-in"),
    path("sign-out", entering.sign_out, name="sign-out"),
    path("weather", entering.weather, name="weather"),
    path("choose-password", entering.choose_password, name="choose-password"),
    path("language", entering.set_language, name="set-language"),
    path("", today.today, name="today"),
    path("questions", today.questions, name="questions"),
    path("lists", lists.lists, name="lists"),
    path("lists/receive", lists.receive, name="receive"),
    path("lists/under-way/<uuid:key>", lists.under_way, name="under-way"),
    path("lists/under-way/<uuid:key>/decide", lists.decide, name="decide"),
    path("lists/<str:code>", lists.one_list, name="list"),
    path("lists/<str:code>/file", lists.file, name="list-file"),
    path("lists/<str:code>/withdraw", lists.withdraw, name="withdraw"),
    path("lists/<str:code>/rows", lists.rows, name="rows"),
    path("lists/<str:code>/rows/<int:place>", lists.row, name="row"),
    path("figures", figures.figures, name="figures"),
    path("figures/<slug:name>", figures.figure, name="figure"),
    path("figures/<slug:name>/exact", figures.exact, name="figure-exact"),
    path("figures/<slug:name>.csv", figures.as_csv, name="figure-csv"),
    path("figures/<slug:name>.json", figures.as_json, name="figure-json"),
    path("trail", trail.trail, name="trail"),
    path("users", users.users, name="users"),
    path("users/invite", users.invite, name="invite"),
    path("users/deactivate", users.deactivate, name="deactivate"),
    path("users/reactivate", users.reactivate, name="reactivate"),
    path("users/reset", users.reset, name="reset"),
    path("", include("accompany.web.urls_people")),
    path("help", help.help, name="help"),
]

handler400 = "accompany.web.errors.not_understood"
handler403 = "accompany.web.errors.not_there"
handler404 = "accompany.web.errors.not_there"
handler500 = "accompany.web.errors.broken"
