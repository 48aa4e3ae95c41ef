"""Addresses of support requests, and of signing in and out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from requests_app import due_views, views
from requests_app.forms import SignInForm

requests = [
    path("", views.show_list, name="request-list"),
    path("new/", views.open_request, name="request-open"),
    path("export.csv", views.export, name="request-export"),
    path("<slug:number>/", views.show_request, name="request-show"),
    path("<slug:number>/<slug:slug>/", views.act, name="request-act"),
]
due = [
    path("", due_views.overview, name="overview"),
    path("<str:code>/<slug:part>/new/", due_views.add, name="part-add"),
    path("<slug:part>/<int:arranged_id>/", due_views.change, name="part-change"),
    path("<slug:part>/<int:arranged_id>/end/", due_views.end, name="part-end"),
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
    path("due-dates/", include((due, "due"))),
]
