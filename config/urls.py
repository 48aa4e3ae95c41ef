"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

from audit.admin import site
from config import health, metrics, views

handler429 = "requests_app.accounts.throttling.answer"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
    path("management/", views.management, name="management"),
    path("management/runbook/", views.show_runbook, name="runbook"),
    path("management/jobs/", views.show_jobs, name="job-list"),
    path("management/jobs/<int:job_id>/retry/", views.retry, name="job-retry"),
    path("admin/", site.urls),
    path("books/", include("finance.urls")),
    path("invoices/", include("finance.invoice_urls")),
    path("", include("requests_app.urls")),
    path("", include("audit.urls")),
]
