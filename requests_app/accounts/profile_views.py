"""The page of one's own profile."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from audit import actors, conflicts
from audit.conflicts import Conflict
from audit.pages import forget_told, page
from audit.recording import Refusal
from audit.standing import annotated
from requests_app import people
from requests_app.accounts import factors, throttling, tracking
from requests_app.accounts import profile as service
from requests_app.accounts.profile_forms import EmailForm, ProfileForm
from requests_app.models import User

UNPROCESSABLE, CONFLICT = 422, 409


@page
def profile(request: HttpRequest) -> HttpResponse:
    person, conflict = person_of(request), None
    form = ProfileForm.of(person, request.POST or None)
    status = UNPROCESSABLE if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            service.change(person=person, by=actors.from_request(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status, conflict = CONFLICT, conflicts.of(refusal, form, request.user)
        else:
            messages.success(request, "Your profile is saved.")
            response = redirect("profile")
            forget_told(response)
            return response
    person = person_of(request)
    return shown(request, person, form, EmailForm.of(person), status, conflict=conflict)


@page
def email(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("profile")
    person, status, conflict = person_of(request), UNPROCESSABLE, None
    form = EmailForm.of(person, request.POST)
    if form.is_valid():
        answer = check_password(request, person, form)
        if answer is not None:
            return answer
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("email", "seen")}
        try:
            service.change_email(person=person, by=actors.from_request(request), **given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status, conflict = CONFLICT, conflicts.of(refusal, form, request.user)
        else:
            messages.success(request, "Your e-mail address is changed.")
            return redirect("profile")
    person = person_of(request)
    return shown(request, person, ProfileForm.of(person), form, status, conflict=conflict)


def check_password(request: HttpRequest, person: User, form: EmailForm) -> HttpResponse | None:
    """Puts it on the form where it is wrong; an answer of its own where it was tried too often."""
    try:
        is_right = get_adapter().reauthenticate(person, form.cleaned_data["password"])
    except forms.ValidationError:
        return throttling.answer(request)
    if not is_right:
        form.add_error("password", "This is not your password. Type it again.")
    return None


def person_of(request: HttpRequest) -> User:
    """Of its own, not request.user: what was not saved must not show in the rest of the page; with
    how it stands."""
    found: User = annotated(User.objects.all()).get(pk=request.user.pk)
    return found


def shown(
    request: HttpRequest, person: User, form: ProfileForm, email_form: EmailForm, status: int,
    *, conflict: Conflict | None,
) -> HttpResponse:  # fmt: skip
    for each in (form, email_form):
        conflicts.stand_again(each, person)
    context: dict[str, Any] = {
        "conflict": conflict,
        "person": person,
        "form": form,
        "email_form": email_form,
        "faulty": email_form if email_form.is_bound else form,
        "grants": people.grants_of(request.user),
        "has_factor": factors.has_factor(person),
        "session_count": len(tracking.of_person(person)),
    }
    return render(request, "account/profile.html", context, status=status)
