"""People with an account. They are deactivated, never deleted: the trail names them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from audit.versions import Versioned


class Theme(models.TextChoices):
    AUTO = "auto", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Order(models.TextChoices):
    OLDEST = "oldest", "Oldest first, as a story"
    NEWEST = "newest", "Newest first"


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, person: Any) -> UserQuerySet:
        """Oneself, whoever holds or held a role in an entity of the person's, and for
        administrators those who have no role yet."""
        from requests_app import people

        colleagues = Q(pk=person.pk) | Q(grants__entity_id__in=people.entity_ids(person))
        if people.entities_of(person, people.ADMINISTERS):
            colleagues |= Q(grants__isnull=True)
        return self.filter(pk__in=self.model._default_manager.filter(colleagues).values("pk"))


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in. Rights come from role grants alone."""

    # Signing in is an event; the account itself does not change by it.
    last_login = None

    username = models.CharField(
        max_length=150,
        unique=True,
        validators=[RegexValidator(r"^[\w.@+-]+\Z", "Use letters, digits and . @ + - _ only.")],
    )
    display_name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=5, choices=Theme, blank=True)
    has_shortcuts = models.BooleanField("shortcuts", default=True)
    timeline_order = models.CharField(max_length=6, choices=Order, default=Order.OLDEST)

    standing_parts = "grants"
    history = Versioned(excluded_fields=["password"])
    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["display_name", "id"]
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="person_username_in_any_case"),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="person_email_is_one_persons"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ")[0]

    def check_password(self, raw_password: str | None) -> bool:
        """As Django's, but a hash renewed on the way is recorded like every other change."""
        from django.contrib.auth.hashers import check_password

        from requests_app import people

        def renew(raw: str) -> None:
            people.renew_password_hash(self, raw)

        return check_password(raw_password or "", self.password, renew)

    @property
    def is_staff(self) -> bool:
        """May open the admin site, which only shows: auditors and administrators."""
        from requests_app import people

        return self.is_active and people.reads_trail(self)

    @property
    def is_administrator(self) -> bool:
        """Of any entity: may open the management page."""
        from requests_app import people

        return bool(people.entities_of(self, people.ADMINISTERS))

    @property
    def reads_books(self) -> bool:
        """Of any entity: sees the journal and its accounts."""
        from requests_app import people

        return bool(people.entities_of(self, people.READS_BOOKS))

    @property
    def sees_invoices(self) -> bool:
        """Of any entity: what its customers were charged."""
        from requests_app import people

        return bool(people.entities_of(self, people.SEES_INVOICES))

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Looking, for those who may open the admin site; nothing there can be changed."""
        return self.is_staff and perm.partition(".")[2].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    @property
    def is_superuser(self) -> bool:
        """Nobody is: being an administrator gives no right to decide or to change a record."""
        return False
