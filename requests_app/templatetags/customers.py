"""Where a page names a customer: what shows who they are, and the banner while it does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template

from requests_app import people
from requests_app.customers import reveals
from requests_app.customers.forms import RevealForm
from requests_app.models import Customer

register = template.Library()


@register.inclusion_tag("customers/reveal.html", takes_context=True)
def reveal(context: template.Context, customer: Customer | None) -> dict[str, Any]:
    """Nothing where the reader is shown it anyway, or where there is no customer."""
    request = context["request"]
    if customer is None or people.sees_personal_data(request.user, customer.entity_id):
        return {"is_needed": False}
    until = reveals.in_force(request.session).get(customer.pk)
    here = request.get_full_path() if request.method == "GET" else ""
    return {
        "is_needed": True,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "customer": customer,
        "until": datetime.fromtimestamp(until, UTC) if until else None,
        "refusal": people.why_not_reveal(request.user, customer.entity),
        "form": RevealForm(auto_id="reveal-%s", initial={"next": here}),
        "here": here,
    }
