"""What open pages ask now and then. It is no look: nothing is shown but a number, and nothing is
recorded but that somebody asked about what they may not see."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from audit import actors, paging
from audit.pages import page
from requests_app import looking, news
from requests_app.models import SupportRequest
from requests_app.request_page import stream


@page
@require_safe
def of_request(request: HttpRequest, number: str) -> JsonResponse:
    found = SupportRequest.objects.visible_to(request.user).filter(number=number).first()
    if found is None:
        looking.refused(number, actors.from_request(request))
        raise Http404("no such request")
    shown = stream.shown_of(request, found)
    return JsonResponse({"count": news.of_request(found, since(request), shown)})


@page
@require_safe
def of_list(request: HttpRequest) -> JsonResponse:
    query = request.GET.copy()
    query.pop("since", None)
    return JsonResponse({"count": news.of_list(query.urlencode(), request.user, since(request))})


def since(request: HttpRequest) -> int:
    return paging.id_or_none(request.GET, "since") or 0
