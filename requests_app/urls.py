"""Addresses of support requests, and of signing in and out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from requests_app import views
from requests_app.forms import SignInForm
from requests_app.queue.views import bulk, exports, home, listing, saved

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
    path("<slug:number>/<slug:slug>/", views.act, name="request-act"),
]
sign_in = LoginView.as_view(
    authentication_form=SignInForm,
    template_name="requests_app/sign_in.html",
    redirect_authenticated_user=True,
)
urlpatterns = [
    path("", home.show, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", LogoutView.as_view(next_page="sign-in"), name="sign-out"),
    path("requests/", include((requests, "requests"))),
    path("views/", saved.show_all, name="view-list"),
    path("views/<int:view_id>/", saved.show_one, name="view-show"),
    path("views/<int:view_id>/rename/", saved.rename, name="view-rename"),
    path("views/<int:view_id>/share/", saved.share, name="view-share"),
    path("views/<int:view_id>/end/", saved.end, name="view-end"),
]
