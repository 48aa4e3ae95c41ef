"""Addresses of customers."""

from __future__ import annotations

from django.urls import path

from requests_app.customers import views

urlpatterns = [
    path("", views.show_list, name="customer-list"),
    path("<int:customer_id>/", views.show_customer, name="customer-show"),
    path("<int:customer_id>/trail/", views.show_trail, name="customer-trail"),
    path("<int:customer_id>/merge/", views.merge, name="customer-merge"),
    path("<int:customer_id>/unmerge/", views.unmerge, name="customer-unmerge"),
    path("<int:customer_id>/reveal/", views.reveal, name="customer-reveal"),
    path("<int:customer_id>/hide/", views.hide, name="customer-hide"),
    path("<int:customer_id>/<slug:slug>/", views.act, name="customer-act"),
]
app_name = "customers"
