"""Forms of signing in and of passwords: the library's, with our fields and words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.models import Login
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as factors
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth import password_validation
from django.core.cache import cache

from audit import actors
from audit.recording import record
from requests_app.accounts import adapter, tasks, throttling
from requests_app.models import User

WRONG = (
    "No account has this name and password. Check both and try again; upper and lower case matter "
    "in the password."
)
# A code holds for its own half minute and those beside it, and is taken once.
CODE_LASTS = 90


def password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, help_text=help_text,
        widget=forms.PasswordInput({"autocomplete": autocomplete}),
    )  # fmt: skip


def at_first(form: forms.BaseForm) -> dict[str, Any]:
    """The focus, but where the page tells of a mistake: the telling has it then."""
    return {} if form.is_bound else {"autofocus": True}


class SignInForm(account.LoginForm):
    """One answer for a wrong name, a wrong password and an account that is not active."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"autocomplete": "username", "autocapitalize": "none"} | at_first(self)
        self.fields = {
            "username": forms.CharField(
                label="Name or e-mail", max_length=254, widget=forms.TextInput(attrs)
            ),
            "password": password("Password", "current-password"),
        }  # fmt: skip

    def user_credentials(self) -> dict[str, Any]:
        """The name alone, whatever it is: asked for twice, a known address would take longer."""
        given = self.cleaned_data
        return {"username": given["username"].strip(), "password": given["password"]}

    def _clean_with_password(self, credentials: dict[str, Any]) -> Any:
        found = get_adapter().authenticate(self.request, **credentials)
        if found is None or not found.is_active:
            raise forms.ValidationError(WRONG, code="invalid_login")
        self._login = Login(user=found)
        self.user = found
        return self.cleaned_data


class ReauthenticateForm(account.ReauthenticateForm):
    password = password("Your password", "current-password")


class NewPassword(forms.Form):
    """Two fields that must agree, checked against what makes passwords weak."""

    password1 = password(
        "New password", "new-password",
        help_text=" ".join(password_validation.password_validators_help_texts()),
    )  # fmt: skip
    password2 = password("New password, again", "new-password")
    user: Any

    def clean_password1(self) -> str:
        typed: str = self.cleaned_data["password1"]
        password_validation.validate_password(typed, self.user)
        return typed

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password1") and given.get("password2") not in (None, given["password1"]):
            self.add_error("password2", "The two are not the same. Type the new password again.")
        return given

    def set_password(self) -> None:
        get_adapter().set_password(self.user, self.cleaned_data["password1"])


class NewPasswordForm(NewPassword):
    """Through a mailed link."""

    def __init__(self, *args: Any, user: Any = None, temp_key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class ChangePasswordForm(NewPassword):
    oldpassword = password("Present password", "current-password")
    field_order = ("oldpassword", "password1", "password2")

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = User.objects.get(pk=user.pk)  # a row to lock, not request.user's stand-in

    def clean_oldpassword(self) -> str:
        typed: str = self.cleaned_data["oldpassword"]
        library = get_adapter()
        if not library.reauthenticate(self.user, typed):
            raise library.validation_error("enter_current_password")
        return typed


class ResetPasswordForm(forms.Form):
    """By name or address: who has forgotten a password may know only one of them."""

    email = forms.CharField(
        label="Name or e-mail", max_length=254,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip

    def ask(self, request: Any) -> None:
        """Puts the same job into the queue for a known and an unknown name, and one event."""
        typed = str(self.cleaned_data["email"]).strip()
        found = adapter.account_of(typed)
        can = found is not None and found.is_active and bool(found.email)
        by = actors.from_request(request)
        outcome = "done" if can else "denied"
        record("person.password_link_asked", by=by, subject=found, outcome=outcome)
        person_id = found.pk if found is not None and can else tasks.NOBODY
        tasks.send_link.defer(person_id=person_id, kind="password_link")


class Code(forms.Form):
    """Six digits of the app, or a recovery code. Spaces are how people read them."""

    code = forms.CharField(
        max_length=20, help_text="Six digits from your authenticator app, or a recovery code.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class OnceOnly:
    """No code is taken twice, and too many wrong ones are refused as other attempts are."""

    user: Any
    authenticator: Authenticator
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= at_first(self)  # type: ignore[arg-type]

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError as error:
            if error.code in ("too_many_login_attempts", "rate_limited"):
                key = f"mfa-auth-user-{self.user.pk}"
                throttling.refused(context.request, "login_failed", key, self.user)
            raise
        if not is_first_use(self.user, code):
            raise factors().validation_error("incorrect_code")
        return code


def is_first_use(person: Any, code: str) -> bool:
    digest = actors.fingerprint(normalize_user_code(code))
    return bool(cache.add(f"code-used:{person.pk}:{digest}", 1, CODE_LASTS))


class CodeForm(OnceOnly, mfa.AuthenticateForm):
    code = Code.base_fields["code"]


class CodeAgainForm(OnceOnly, mfa.ReauthenticateForm):
    code = Code.base_fields["code"]


class ActivateForm(OnceOnly, ActivateTOTPForm):
    code = forms.CharField(
        label="Code from the app", max_length=20,
        help_text="Six digits. They change every half minute.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
