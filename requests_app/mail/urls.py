"""Addresses of mails."""

from __future__ import annotations

from django.urls import path, register_converter

from requests_app.mail import views


class Direction:
    """Mail that came, or that left."""

    regex = "|".join(views.MODELS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Direction, "direction")

app_name = "mail"
urlpatterns = [
    path("", views.show_list, name="mail-list"),
    path("dismissed/", views.show_list, {"dismissed": True}, name="mail-dismissed-list"),
    path("undelivered/", views.undelivered, name="undelivered-list"),
    path("undelivered/dismissed/", views.undelivered, {"dismissed": True},
         name="undelivered-dismissed-list"),
    path("<direction:direction>/<int:mail_id>/dismiss/", views.dismiss, name="mail-dismiss"),
    path("<direction:direction>/<int:mail_id>/restore/", views.restore, name="mail-restore"),
    path("received/<int:mail_id>/", views.received, name="mail-received"),
    path("received/<int:mail_id>/open/", views.open_request, name="mail-open"),
    path("sent/<int:mail_id>/", views.sent, name="mail-sent"),
    path("sent/<int:mail_id>/again/", views.send_again, name="mail-again"),
]  # fmt: skip
