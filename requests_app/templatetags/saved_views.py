"""The saved views of a list, on the page of that list: {% saved_views "trail" %}."""

from __future__ import annotations

from typing import Any

from django import template

from requests_app import saved_views as views
from requests_app.models import SavedView
from requests_app.queue import presets
from requests_app.queue.forms import KeepForm

register = template.Library()


@register.inclusion_tag("components/saved_views.html", takes_context=True)
def saved_views(context: template.Context, page: str) -> dict[str, Any]:
    """Every view that the person may use here, and a form that keeps the present filter. One
    query."""
    request = context["request"]
    here = views.tidy(request.GET.urlencode())
    visible = SavedView.objects.visible_to(request.user).filter(page=page)
    kept = list(visible.select_related("owner"))
    tabs = [(preset.name, preset.query, preset.query == here) for preset in presets.of(page)]
    tabs += [(str(view), view.query, view.query == here) for view in kept]
    form = KeepForm(person=request.user, initial={"page": page, "query": here}, auto_id="keep-%s")
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "tabs": tabs,
        "form": form,
        "can_keep": bool(here) and not any(is_here for *_, is_here in tabs),
        "has_own": bool(kept),
    }
