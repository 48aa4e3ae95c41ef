"""What may be changed on the admin site: a form that asks for the reason, and a service that acts.

The stock pages stay closed to every method but GET and HEAD; an Edit has an address of its own. No
row is saved here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from audit import actors, conflicts, looks
from audit.actors import Actor
from audit.admin.rows import VersionedAdmin, number
from audit.admin.sites import TrailSite
from audit.conflicts import Conflict
from audit.diffs import visible
from audit.forms import SeenForm
from audit.recording import Refusal, lock_row, record
from audit.standing import Stale, Standing, annotated, read_with, refuse_stale
from audit.unwritten import written_afterwards
from audit.views import refuse

CONFLICT, UNPROCESSABLE = 409, 422


class ReasonForm(SeenForm):
    """One change of one row, or a new one."""

    reason = forms.CharField(
        max_length=1_000, widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        error_messages={"required": "Say why. It goes on record with the change."},
        help_text="Why it is right. It goes on record with the change.",
    )  # fmt: skip

    def __init__(self, *args: Any, row: Any = None, person: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.person = row, person
        self.order_fields([name for name in self.fields if name != "reason"])
        self.prepare()

    def prepare(self) -> None:
        """What the form shows of the row: its present values and its choices."""

    def clean_seen(self) -> Standing | None:
        """Of what is new, there was nothing to be seen."""
        return super().clean_seen() if self.row is not None else None

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


@dataclass(frozen=True)
class Edit:
    """``service`` takes the row under the name ``subject``, what the form gives, and ``by``.
    ``why_not`` (person, row) says why this person finds no such form; ``not_now`` why it is not
    offered on a row's page, where the service would refuse it. One ``of_new`` rows is offered by
    the list. ``lock`` takes what the service locks, in the service's order."""

    slug: str
    label: str
    form: Callable[..., Any]
    service: Callable[..., Any]
    why_not: Callable[[Any, Any], str]
    subject: str = ""
    note: str = ""
    of_new: bool = False
    not_now: Callable[[Any, Any], str] = lambda person, row: ""
    lock: Callable[[Any], object] = lock_row


class EditedAdmin(VersionedAdmin):
    """A versioned model that some may change, by services alone."""

    edits: tuple[Edit, ...] = ()

    def get_urls(self) -> list[Any]:
        site, name = self.admin_site, f"{self.opts.app_label}_{self.opts.model_name}"
        assert isinstance(site, TrailSite)
        new, edit = (site.acting_view(view) for view in (self.new_view, self.edit_view))
        return [
            path("new/<slug:slug>/", new, name=f"{name}_new"),
            path("<path:object_id>/edit/<slug:slug>/", edit, name=f"{name}_edit"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, *args, **kwargs)
        context = getattr(response, "context_data", {})
        if context.get("original") is not None:
            context["edits"] = self.offers(request, context["original"])
        return response

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"edits": self.offers(request, None), **(extra_context or {})}
        )

    def offers(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """Address and label of each edit that this person may make."""
        return [
            (self.address(edit, row), edit.label)
            for edit in self.edits
            if edit.of_new is (row is None)
            and not edit.why_not(request.user, row)
            and not edit.not_now(request.user, row)
        ]

    def address(self, edit: Edit, row: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if row is None:
            return reverse(f"{name}_new", args=[edit.slug])
        return reverse(f"{name}_edit", args=[row.pk, edit.slug])

    def new_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.edited(request, self.edit_of(slug, of_new=True), None)

    def edit_view(self, request: HttpRequest, object_id: str, slug: str) -> HttpResponse:
        edit = self.edit_of(slug, of_new=False)
        key = unquote(object_id)
        self.refuse_hidden(request, key)
        row = annotated(self.get_queryset(request)).filter(pk=number(key)).first()
        if row is None:
            raise Http404("no such row")
        return self.edited(request, edit, row)

    def edit_of(self, slug: str, *, of_new: bool) -> Edit:
        for edit in self.edits:
            if (edit.slug, edit.of_new) == (slug, of_new):
                return edit
        raise Http404("no such change")

    def edited(self, request: HttpRequest, edit: Edit, row: Any) -> HttpResponse:
        """The form; what was typed stays where it is refused. Who may not change the row gets what
        is not there, and the attempt is on record."""
        if edit.why_not(request.user, row):
            refuse(request)
        seen = {"seen": str(read_with(row))} if row is not None else {}
        form = edit.form(request.POST or None, row=row, person=request.user, initial=seen)
        status: int = 200
        conflict: Conflict | None = None
        if request.method == "POST":
            status = UNPROCESSABLE
            if form.is_valid():
                done, conflict = self.attempt(edit, form, row, actors.from_request(request))
                if done is not None:
                    messages.success(request, f"{edit.label}: done, and on record.")
                    return redirect(self.page_of(done))
                status = CONFLICT
        conflicts.stand_again(form, row)
        looks.at(request, row)
        context = {
            **self.admin_site.each_context(request),
            "title": edit.label if row is None else f"{edit.label}: {visible(str(row))}",
            "opts": self.opts, "original": row, "edit": edit, "form": form, "conflict": conflict,
        }  # fmt: skip
        return render(request, "admin/edit.html", context, status=status)

    def page_of(self, row: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def attempt(self, edit: Edit, form: Any, row: Any, by: Actor) -> tuple[Any, Conflict | None]:
        """The row after the change; None with the refusal on the form, and what came between."""
        subject = {edit.subject: row} if row is not None else {}
        try:
            with written_afterwards(), transaction.atomic():
                if row is not None:
                    edit.lock(row)
                    refuse_stale(row, form.cleaned_data["seen"], by)
                return edit.service(**subject, **form.given(), by=by) or row, None
        except Refusal as refusal:
            if isinstance(refusal, Stale):  # refused before the service, which records its own
                told = {"edit": edit.slug, "refusal": str(refusal)}
                record("record.changed", by=by, subject=row, outcome="denied", detail=told,
                       reason=form.cleaned_data.get("reason", ""))  # fmt: skip
            form.add_error(None, str(refusal))
            return None, conflicts.of(refusal, form, by.person)
