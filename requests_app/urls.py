"""Addresses of support requests, and of signing in and out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, register_converter

from requests_app import logs, views
from requests_app.forms import SignInForm
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
    path("", views.show_list, name="request-list"),
    path("new/", views.open_request, name="request-open"),
    path("export.csv", views.export, name="request-export"),
    path("<slug:number>/", views.show_request, name="request-show"),
    *around,
    path("<slug:number>/<slug:slug>/", views.act, name="request-act"),
]
sign_in = LoginView.as_view(
    authentication_form=SignInForm,
    template_name="requests_app/sign_in.html",
    redirect_authenticated_user=True,
)
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", LogoutView.as_view(next_page="sign-in"), name="sign-out"),
    path("requests/", include((requests, "requests"))),
]
