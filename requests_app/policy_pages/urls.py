"""Addresses of approval policies, limits and delegations, under /approvals/."""

from __future__ import annotations

from django.urls import path

from requests_app.policy_pages import powers_views, views

app_name = "policies"
urlpatterns = [
    path("policies/", views.overview, name="overview"),
    path("policies/<int:policy_id>/", views.show_policy, name="policy-show"),
    path("policies/<int:policy_id>/change/", views.change, name="policy-change"),
    path("policies/<int:policy_id>/rules/new/", views.add_rule, name="rule-add"),
    path("policies/<int:policy_id>/rules/<int:rule_id>/", views.change_rule, name="rule-change"),
    path(
        "policies/<int:policy_id>/rules/<int:rule_id>/<slug:slug>/", views.move_rule,
        name="rule-move",
    ),
    path("policies/<int:policy_id>/<slug:slug>/", views.decide, name="policy-decide"),
    path("policies/<str:code>/new/", views.draft, name="policy-draft"),
    path("limits/", powers_views.show_limits, name="limit-list"),
    path("limits/<str:code>/new/", powers_views.add_limit, name="limit-add"),
    path("limits/<int:limit_id>/end/", powers_views.end_limit, name="limit-end"),
    path("delegations/", powers_views.show_delegations, name="delegation-list"),
    path("delegations/<str:code>/new/", powers_views.add_delegation, name="delegation-add"),
    path("delegations/<int:delegation_id>/revoke/", powers_views.revoke, name="delegation-revoke"),
]  # fmt: skip
