"""Addresses of signing in and of one's own account. Names with an underscore are the library's."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from requests_app.accounts import profile_views, views

sign_out = LogoutView.as_view(next_page="sign-in")
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/code/", views.code, name="mfa_authenticate"),
    path("sign-out/", sign_out, name="sign-out"),
    path("sign-out/", sign_out, name="account_logout"),
    path("sign-in/help/", views.ask_for_link, name="account_reset_password"),
    path("sign-in/help/sent/", views.link_sent, name="account_reset_password_done"),
    path(
        "sign-in/new-password/<str:uidb36>/<str:key>/",
        views.new_password,
        name="account_reset_password_from_key",
    ),
    path("profile/", profile_views.profile, name="profile"),
    path("profile/e-mail/", profile_views.email, name="profile-email"),
    path("profile/password/", views.change_password, name="account_change_password"),
    path("profile/sessions/", views.sessions, name="usersessions_list"),
    path("profile/again/", views.again, name="account_reauthenticate"),
    path("profile/again/code/", views.code_again, name="mfa_reauthenticate"),
    path("profile/second-factor/", views.second_steps, name="mfa_index"),
    path("profile/second-factor/app/", views.activate, name="mfa_activate_totp"),
    path("profile/second-factor/off/", views.deactivate, name="mfa_deactivate_totp"),
    path("profile/second-factor/codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "profile/second-factor/codes/new/",
        views.new_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "profile/second-factor/codes.txt",
        views.download_codes,
        name="mfa_download_recovery_codes",
    ),
]
