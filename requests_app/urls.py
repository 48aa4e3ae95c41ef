"""Addresses of support requests, of people and their roles, and of accounts."""

from __future__ import annotations

from django.urls import include, path, register_converter

from requests_app import due_views, logs, news_views, people_views, views
from requests_app.corrections.views import correct
from requests_app.files.views import download
from requests_app.mail import views as mail_views
from requests_app.queue.views import bulk, exports, home, listing, saved
from requests_app.redaction import views as redaction
from requests_app.request_page import views as around_one


class LogName:
    """One of the named logs, which no verb is called like."""

    regex = "|".join(logs.ORDER)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LogName, "log")

around = [
    path("<slug:number>/events/<int:event_id>/", around_one.show_event, name="request-event"),
    path("<slug:number>/typed/forget/", around_one.forget_typed, name="typed-forget"),
    path("<slug:number>/<log:log>/", around_one.show_log, name="request-log"),
    path("<slug:number>/<log:log>.csv", around_one.export_log, name="request-log-export"),
]
requests = [
    path("", listing.show_list, name="request-list"),
    path("start/", listing.start, name="request-start"),
    path("new/", views.open_request, name="request-open"),
    path("export.csv", exports.export, name="request-export"),
    path("exports/", exports.show_all, name="export-list"),
    path("exports/new/", exports.prepare, name="export-new"),
    path("exports/<int:job_id>/requests.csv", exports.download, name="export-file"),
    path("exports/<int:event_id>/manifest.json", exports.manifest, name="export-manifest"),
    path("bulk/", bulk.act, name="bulk-act"),
    path("bulk/<int:event_id>/", bulk.result, name="bulk-result"),
    path("<slug:number>/", views.show_request, name="request-show"),
    path("<slug:number>/files/<int:attachment_id>/", download, name="file-download"),
    path("<slug:number>/correct/<int:message_id>/", correct, name="message-correct"),
    path("<slug:number>/redact/", redaction.redact_request, name="request-redact"),
    path("<slug:number>/redact/contact/", redaction.redact_contact, name="contact-redact"),
    path(
        "<slug:number>/redact/message/<int:message_id>/",
        redaction.redact_message,
        name="message-redact",
    ),
    path(
        "<slug:number>/redact/file/<int:attachment_id>/", redaction.redact_file, name="file-redact"
    ),
    path("<slug:number>/original/", mail_views.original, name="request-original"),
    *around,
    path("<slug:number>/<slug:slug>/", views.act, name="request-act"),
]
due = [
    path("", due_views.overview, name="overview"),
    path("<str:code>/<slug:part>/new/", due_views.add, name="part-add"),
    path("<slug:part>/<int:arranged_id>/", due_views.change, name="part-change"),
    path("<slug:part>/<int:arranged_id>/end/", due_views.end, name="part-end"),
]
people = [
    path("", people_views.show_list, name="person-list"),
    path("new/", people_views.add, name="person-add"),
    path("<int:person_id>/", people_views.show, name="person-show"),
    path("<int:person_id>/<slug:slug>/", people_views.act, name="person-act"),
]
urlpatterns = [
    path("", home.show, name="home"),
    path("requests/", include((requests, "requests"))),
    path("mail/", include("requests_app.mail.urls")),
    path("customers/", include("requests_app.customers.urls")),
    path("due-dates/", include((due, "due"))),
    path("approvals/", include("requests_app.policy_pages.urls")),
    path("views/", saved.show_all, name="view-list"),
    path("views/<int:view_id>/", saved.show_one, name="view-show"),
    path("views/<int:view_id>/rename/", saved.rename, name="view-rename"),
    path("views/<int:view_id>/share/", saved.share, name="view-share"),
    path("views/<int:view_id>/end/", saved.end, name="view-end"),
    path("people/", include((people, "people"))),
    path("roles/", people_views.show_roles, name="roles"),
    path("news/requests/", news_views.of_list, name="news-list"),
    path("news/requests/<slug:number>/", news_views.of_request, name="news-request"),
    path("", include("requests_app.accounts.urls")),
]
