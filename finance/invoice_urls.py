"""Addresses of invoices."""

from __future__ import annotations

from django.urls import path

from finance import invoice_entry, invoice_views

app_name = "invoices"
urlpatterns = [
    path("", invoice_views.show_list, name="invoice-list"),
    path("<slug:code>/new/", invoice_entry.add, name="invoice-add"),
    path("<slug:code>/import/", invoice_entry.import_file, name="invoice-import"),
    path("<int:invoice_id>/", invoice_views.show_invoice, name="invoice-show"),
    path("<int:invoice_id>/trail/", invoice_views.show_trail, name="invoice-trail"),
    path("<int:invoice_id>/pay/", invoice_views.pay, name="invoice-pay"),
    path(
        "<int:invoice_id>/payments/<int:payment_id>/reverse/",
        invoice_views.reverse_payment,
        name="payment-reverse",
    ),
    path("<int:invoice_id>/<slug:slug>/", invoice_views.move, name="invoice-move"),
]
