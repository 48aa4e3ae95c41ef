"""Links that set a password: signed, never stored, good once and for a while."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int


class Links(PasswordResetTokenGenerator):
    """As Django's: a link dies with the password and the address it was made for. An invitation,
    to who has no password yet, lasts longer than a reset."""

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).partition("-")[0])
        return self._num_seconds(self._now()) - made <= limit_for(user)


def limit_for(person: Any) -> int:
    """In seconds."""
    limit = settings.RESET_LINK_LIMIT
    return int(limit if person.has_usable_password() else settings.INVITATION_LIMIT)


def limit_in_words(person: Any) -> str:
    minutes = limit_for(person) // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
