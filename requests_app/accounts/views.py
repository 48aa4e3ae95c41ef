"""Pages of signing in, second steps, passwords and sessions: the library's flows, our answers."""

from __future__ import annotations

import re
from typing import Any

import qrcode
from allauth.account import views as account
from allauth.account.internal import flows
from allauth.core import ratelimit
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from audit import actors
from audit.pages import page
from requests_app.accounts import factors, throttling, tracking
from requests_app.models import User

UNPROCESSABLE = 422
DIGITS, MOST = re.compile(r"[0-9]{4,16}"), 20
THROTTLED = frozenset({"too_many_login_attempts", "rate_limited"})


class Answers:
    """What was typed wrong is answered with 422, too many attempts with 429."""

    request: HttpRequest
    template_name: str

    def form_invalid(self, form: Any) -> HttpResponse:
        codes_of = {
            error.code for errors in form.errors.as_data().values() for error in errors
        }  # fmt: skip
        if codes_of & THROTTLED:
            return throttling.answer(self.request)
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        return render(self.request, self.template_name, context, status=UNPROCESSABLE)


class SignIn(Answers, account.LoginView):
    template_name = "account/sign_in.html"


class AskForLink(Answers, account.PasswordResetView):
    template_name = "account/ask_for_link.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Limited by what was typed, too; the answer is the same whether it is known or not."""
        key = form.cleaned_data["email"].strip().lower()
        if not ratelimit.consume(self.request, action="reset_password", key=key):
            throttling.refused(self.request, "reset_password", key, None)
            return throttling.answer(self.request)
        form.ask(self.request)
        return redirect("account_reset_password_done")


class LinkSent(account.PasswordResetDoneView):
    template_name = "account/link_sent.html"


class NewPassword(Answers, account.PasswordResetFromKeyView):
    template_name = "account/new_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        form.set_password()
        flows.password_reset.finalize_password_reset(self.request, self.reset_user)
        messages.success(self.request, "Your new password holds. Sign in with it.")
        return redirect("sign-in")


class ChangePassword(Answers, account.PasswordChangeView):
    template_name = "account/change_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        form.set_password()
        flows.password_change.finalize_password_change(self.request, form.user)
        messages.success(self.request, "The password is changed. Your other sessions are ended.")
        return redirect("profile")


class Again(Answers, account.ReauthenticateView):
    template_name = "account/again.html"


class Code(Answers, mfa.AuthenticateView):
    template_name = "account/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("form", None)
        return super().get_context_data(**kwargs)


class CodeAgain(Answers, mfa.ReauthenticateView):
    template_name = "account/again.html"


class Factors(mfa.IndexView):
    template_name = "account/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        held = context["authenticators"]
        recovery = held.get("recovery_codes")
        left = len(recovery.get_unused_codes()) if recovery else 0
        is_required = factors.is_missing(self.request)
        return context | {
            "totp": held.get("totp"), "recovery": recovery, "codes_left": left,
            "is_required": is_required,
        }  # fmt: skip


class Activate(Answers, totp.ActivateTOTPView):
    template_name = "account/activate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        is_required = factors.is_missing(self.request)
        code = drawn(context["totp_url"])
        return context | {"secret": groups, "is_required": is_required, "code": code}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session["sign_in_method"] = "password+totp"
        messages.success(self.request, "The second step is on. Keep your recovery codes safe.")
        return response


class Deactivate(Answers, totp.DeactivateTOTPView):
    template_name = "account/deactivate.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "The second step is off.")
        return response


class RecoveryCodes(codes.ViewRecoveryCodesView):
    template_name = "account/recovery_codes.html"


class NewRecoveryCodes(Answers, codes.GenerateRecoveryCodesView):
    template_name = "account/new_recovery_codes.html"


def drawn(text: str) -> dict[str, Any]:
    """A QR code as one path of squares, to stand in the page itself."""
    made = qrcode.QRCode(border=2)
    made.add_data(text)
    rows = made.get_matrix()
    squares = [
        f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    ]
    return {"size": len(rows), "path": "".join(squares)}


@page
def sessions(request: HttpRequest) -> HttpResponseBase:
    """Where the person is signed in. Ends one of these, or all the others."""
    assert isinstance(request.user, User)
    found = tracking.of_person(request.user)
    present = request.session.session_key
    if request.method == "POST":
        chosen = chosen_of(found, request.POST.get("session", ""), present)
        by = actors.from_request(request)
        ended = tracking.end(person=request.user, by=by, sessions=chosen)
        told = "One session is ended." if ended == 1 else f"{ended} sessions are ended."
        messages.success(request, told)
        return redirect("usersessions_list")
    rows = [
        {"session": row, "device": tracking.device(row.user_agent),
         "is_present": row.session_key == present}
        for row in found
    ]  # fmt: skip
    return render(request, "account/sessions.html", {"rows": rows})


def chosen_of(found: list[UserSession], chosen: str, present: str | None) -> list[UserSession]:
    others = [row for row in found if row.session_key != present]
    if chosen == "others":
        return others
    named = [row for row in others if str(row.pk) == chosen]
    if not named:
        raise Http404("no such session")
    return named


sign_in = SignIn.as_view()
code = Code.as_view()
ask_for_link = AskForLink.as_view()
link_sent = LinkSent.as_view()
new_password = never_cache(NewPassword.as_view())
change_password = page(ChangePassword.as_view())
again = page(Again.as_view())
code_again = page(CodeAgain.as_view())
second_steps = page(Factors.as_view())
activate = page(Activate.as_view())
deactivate = page(Deactivate.as_view())
recovery_codes = page(RecoveryCodes.as_view())
new_recovery_codes = page(NewRecoveryCodes.as_view())


@page
@require_POST
def download_codes(request: HttpRequest) -> HttpResponse:
    """The codes that the page just showed, as a file: they come from it, since what was shown once
    is not read again."""
    shown = [code for code in request.POST.getlist("code") if DIGITS.fullmatch(code)]
    text = "Casetrail recovery codes, each good once:\n\n" + "".join(f"{c}\n" for c in shown[:MOST])
    name = 'attachment; filename="casetrail-recovery-codes.txt"'
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
    )
