"""Addresses of mails."""

from __future__ import annotations

from django.urls import path

from requests_app.mail import views

app_name = "mail"
urlpatterns = [
    path("", views.show_list, name="mail-list"),
    path("received/<int:mail_id>/", views.received, name="mail-received"),
    path("received/<int:mail_id>/open/", views.open_request, name="mail-open"),
    path("sent/<int:mail_id>/", views.sent, name="mail-sent"),
    path("sent/<int:mail_id>/again/", views.send_again, name="mail-again"),
]
