"""Versioned: django-simple-history with another writer.

The library defines the version tables, their managers, ``as_of``, ``diff_against`` and the admin
history. Its rows are written by triggers (sql/recorder.sql), so no path into the database passes
them by. docs/simple-history.md lists each difference.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, wraps
from typing import Any

from django.db import models, router
from django.db.backends.utils import names_digest
from django.db.models import F, Max, OuterRef, Subquery
from simple_history import signals
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords

from audit.covered import refuse_covered
from audit.triggers import Pair

# What a version row has beside the copied columns.
OWN_COLUMNS = (
    "history_id",
    "history_date",
    "history_type",
    "history_change_reason",
    "history_user_id",
    "event_id",
    "salt",
)


class Undeletable(Exception):
    """A row was to be deleted whose kind is never deleted; the message says what to do instead."""


class UnscaledDecimalField(models.DecimalField):  # type: ignore[type-arg]
    """A decimal that keeps whatever scale it was given: plain ``numeric`` in the database."""

    def check(self, **_: Any) -> list[Any]:
        return []

    def db_type(self, connection: Any) -> str:
        return "numeric"


class VersionMark:
    """Tells version models from others, also in the frozen models of a migration."""

    is_version = True


class VersionBase(models.Model, VersionMark):
    """Columns of every version row: the event it was written under, and a salt for its proof.

    No constraint holds the event: the trigger proves at write time that it exists, and partitioned
    events could not be referenced.
    """

    event = models.ForeignKey(
        "audit.Event", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    salt = models.BinaryField()

    class Meta:
        abstract = True


class VersionQuerySet(HistoricalQuerySet):
    """Orders by history_id where the library goes by date, so that ties stay apart."""

    def latest_of_each(self) -> VersionQuerySet:
        newest = self.order_by().values(self._pk_attr).annotate(newest=Max("history_id"))
        return self.filter(history_id__in=newest.values("newest"))


class VersionManager(HistoryManager):
    """Reads like the library's manager; writes nothing, since the database has written already."""

    def most_recent(self) -> models.Model:
        if not self.instance:
            return super().most_recent()  # its TypeError says what is wrong
        newest = self.get_queryset().order_by("-history_id").first()
        if newest is None:
            raise self.instance.DoesNotExist(
                f"{self.instance._meta.object_name} has no historical record."
            )
        values = {
            field.attname: getattr(newest, field.attname) for field in self.model.tracked_fields
        }
        return type(self.instance)(**values)

    def bulk_history_create(
        self, objs: Iterable[models.Model], *_args: object, **_kwargs: object
    ) -> list[models.Model]:
        """The versions the triggers wrote of these objects, newest each; creates none."""
        keys = [obj.pk for obj in objs]
        rows = self.get_super_queryset().filter(**{f"{key_of(self.model.instance_type)}__in": keys})
        return list(rows.latest_of_each().order_by("history_id"))

    def as_of(self, date: datetime) -> Any:
        """As the library's; for one row it reads the (key, date) index, however old the date."""
        if not self.instance:
            return super().as_of(date)
        rows = self.get_queryset().filter(history_date__lte=date)
        version = rows.order_by("-history_date", "-history_id").first()
        name = self.instance._meta.object_name
        if version is None:
            raise self.instance.DoesNotExist(f"{name} had not yet been created.")
        if version.history_type == "-":
            raise self.instance.DoesNotExist(f"{name} had already been deleted.")
        found = version.instance
        found._history._as_of = date
        return found


class Versioned(HistoricalRecords):
    """Declares a model versioned.

    ``allow`` names what the application's database role may do to live rows beside reading:
    {"insert", "update"} unless said otherwise. ``retired`` maps names of columns that the live
    model has lost to their fields: version tables only grow. ``money`` maps amounts to the field
    that holds their currency. ``erasable`` names texts and bytes that may be cleared in the row and
    in its versions, by audit.erasing alone. ``personal`` names the fields that tell who somebody
    outside is,
    hidden from readers who need not know (veils.py), or maps each to a rule of the row: is it so?
    """

    def __init__(
        self,
        *,
        allow: Iterable[str] = ("insert", "update"),
        retired: Mapping[str, models.Field[Any, Any]] | None = None,
        instead_of_deleting: str = "Deactivate it instead.",
        excluded_fields: Iterable[str] = (),
        money: Mapping[str, str] | None = None,
        erasable: Iterable[str] = (),
        personal: Iterable[str] | Mapping[str, Callable[[Mapping[str, Any]], bool]] = (),
    ) -> None:
        super().__init__(
            bases=(VersionBase,),
            excluded_fields=list(excluded_fields),
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(null=True),
            history_user_id_field=models.BigIntegerField(null=True),
            history_manager=VersionManager,
            historical_queryset=VersionQuerySet,
        )
        self.allow = frozenset(allow)
        self.retired = dict(retired or {})
        self.money = dict(money or {})
        self.erasable = tuple(erasable)
        rules = personal if isinstance(personal, Mapping) else dict.fromkeys(personal, always)
        self.personal = dict(rules)
        self.instead_of_deleting = instead_of_deleting

    def pair(self, model: type[models.Model]) -> Pair:
        version = version_model(model)
        excluded = tuple(column_of(model, name) for name in self.excluded_fields)
        return Pair(
            live=model._meta.db_table,
            version=version._meta.db_table,
            excluded=excluded,
            allow=self.allow,
            label=model._meta.label,
            root=root_column(model),
            key=str(model._meta.pk.column),
            erasable=tuple(column_of(model, name) for name in self.erasable),
        )

    def add_extra_methods(self, cls: type[models.Model]) -> None:
        """None of the library's: a save without a record is what must not exist."""

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if self.cls is sender or (self.inherit and issubclass(sender, self.cls)):
            sender._versioned = self  # type: ignore[attr-defined]
            wrap_writes(self, sender)

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        fields = super().copy_fields(model)
        copied = {name: as_version_column(field) for name, field in fields.items()}
        return copied | {name: as_version_column(field) for name, field in self.retired.items()}

    def get_extra_fields(self, model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
        extra = super().get_extra_fields(model, fields)
        extra["prev_record"] = property(lambda version: neighbour(version, newer=False))
        extra["next_record"] = property(lambda version: neighbour(version, newer=True))
        return extra

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        options = super().get_meta_options(model)
        options["verbose_name"] = f"{model._meta.verbose_name} version"
        options["verbose_name_plural"] = f"{model._meta.verbose_name} versions"
        key, short = model._meta.pk.attname, short_name(model._meta.db_table)
        options["ordering"] = ("-history_id",)
        options["get_latest_by"] = ("history_id",)
        options["indexes"] = [
            models.Index(fields=[key, "-history_id"], name=f"{short}_v_row"),
            models.Index(fields=[key, "history_date"], name=f"{short}_v_date"),
            models.Index(fields=["event"], name=f"{short}_v_event"),
        ]
        return options

    def post_save(self, instance: models.Model, using: str | None = None, **kwargs: Any) -> None:
        if not kwargs.get("raw"):
            self.announce(instance, using)

    def pre_delete(self, instance: models.Model, **_: Any) -> None:
        """The database copies the whole row; deferred fields need no loading."""

    def post_delete(self, instance: models.Model, using: str | None = None, **_: Any) -> None:
        self.announce(instance, using)

    def announce(self, instance: models.Model, using: str | None) -> None:
        """Sends the library's signal for the version just written, where someone listens.

        A save that changed nothing wrote none. Costs two queries then, none otherwise.
        """
        model = version_model(instance._meta.concrete_model)
        if not self.is_heard(model):
            return
        version = self.newest(instance, using)
        if version is not None and version.pk != instance.__dict__.pop("_version_before", None):
            signals.post_create_historical_record.send(
                sender=model,
                instance=instance,
                history_instance=version,
                history_date=version.history_date,
                history_user=version.history_user,
                history_change_reason=version.history_change_reason,
                using=using,
            )

    def prepare_to_announce(self, instance: models.Model, using: str | None) -> None:
        """Before a save: which version is the newest, so that announce() knows a newer one."""
        if self.is_heard(version_model(instance._meta.concrete_model)):
            version = self.newest(instance, using)
            instance.__dict__["_version_before"] = None if version is None else version.pk

    @staticmethod
    def is_heard(model: Any) -> bool:
        return bool(signals.post_create_historical_record.has_listeners(model))

    def newest(self, instance: models.Model, using: str | None) -> Any:
        return getattr(instance, self.manager_name).using(using).order_by("-history_id").first()


def always(_row: Mapping[str, Any]) -> bool:
    return True


def as_version_column(field: Any) -> Any:
    """A copied column as a version table holds it: nullable, without default, index or limit.

    Version columns are never altered, so a text has no maximum length there and a decimal no
    scale: both may grow in the live table.
    """
    if isinstance(field, models.GeneratedField):
        name = field.name
        field = copy.copy(field.output_field)
        field.set_attributes_from_name(name)
    field.null = field.blank = True
    field.db_index = field._unique = False
    field.default = models.NOT_PROVIDED
    field.db_default = models.NOT_PROVIDED
    field.db_comment = None  # the recorder's own stands there (audit/columns.py)
    if isinstance(field, models.CharField):
        # Subclasses such as EmailField would restore their own limit.
        vars(field).update(max_length=None, _validators=[])
        field.__class__ = models.CharField
    if isinstance(field, models.DecimalField):
        vars(field).update(max_digits=None, decimal_places=None)
        field.__class__ = UnscaledDecimalField
    return field


def short_name(table: str) -> str:
    """At most 20 characters that no other table has: names of indexes may have 30."""
    return table if len(table) <= 20 else f"{table[:14]}_{names_digest(table, length=5)}"


def column_of(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def root_column(model: type[models.Model]) -> str:
    """The column with the key of the trail's root, the support request, that a row belongs to."""
    if getattr(model, "is_trail_root", False):
        return str(model._meta.pk.column)
    for field in model._meta.concrete_fields:
        if field.is_relation and getattr(field.related_model, "is_trail_root", False):
            return str(field.column)
    return ""


def key_of(model: type[models.Model]) -> str:
    return model._meta.pk.attname


def neighbour(version: Any, *, newer: bool) -> Any:
    """The version of the same row right before or after, by id; None at the end."""
    key = version.instance_type._meta.pk.attname
    others = type(version).objects.filter(**{key: getattr(version, key)})
    if newer:
        return others.filter(history_id__gt=version.history_id).order_by("history_id").first()
    return others.filter(history_id__lt=version.history_id).order_by("-history_id").first()


def wrap_writes(versioned: Versioned, model: type[models.Model]) -> None:
    """Lets a plain save or delete open its own event where the library would know the person.

    Elsewhere the write goes on unchanged, and the trigger refuses it if no recording is open.
    """
    from audit import recording
    from audit.implied import DELETED, implied, kind_of_save

    save_base, delete = model.save_base, model.delete

    @wraps(save_base)
    def recorded_save(self: models.Model, *args: Any, **kwargs: Any) -> None:
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        refuse_covered(self, kwargs.get("update_fields"))
        with implied(versioned, self, kind_of_save(self, kwargs), using):
            versioned.prepare_to_announce(self, using)
            if self._state.adding or self.pk is None:
                if (key := recording.key_to_come(self, using)) is not None:
                    self.pk = key
                if key is not None or recording.takes_reserved_key(self):
                    kwargs["force_insert"] = True  # else Django would try an UPDATE first
            save_base(self, *args, **kwargs)

    @wraps(delete)
    def recorded_delete(self: models.Model, using: str | None = None, **kwargs: Any) -> Any:
        if "delete" not in versioned.allow:
            named = f"{self._meta.verbose_name} {self}"
            raise Undeletable(f"{named} is never deleted. {versioned.instead_of_deleting}")
        using = using or router.db_for_write(type(self), instance=self)
        with implied(versioned, self, DELETED, using):
            return delete(self, using=using, **kwargs)

    model.save_base = recorded_save  # type: ignore[method-assign]
    model.delete = recorded_delete  # type: ignore[method-assign, assignment]


def as_of(model: type[models.Model], moment: datetime, **filters: Any) -> list[Any]:
    """The versions of the rows that stood at a moment, oldest row first, in one query.

    Filters name columns that never change once they are set (the key, the request it belongs to):
    rows are sought by what they hold now, and taken where they held it then. The cost grows with
    the number of rows, not with their versions: each row's version is found by index.
    """
    version = version_model(model)
    key = key_of(model)
    filters = {key if name == "pk" else name: value for name, value in filters.items()}
    rows: Any = model._base_manager
    if "delete" in model._versioned.allow:  # type: ignore[attr-defined]
        rows = version.objects.order_by().distinct().annotate(pk_of_row=F(key))
    else:
        rows = rows.annotate(pk_of_row=F("pk"))
    newest = (
        version.objects.filter(**{key: OuterRef("pk_of_row")}, history_date__lte=moment)
        .order_by("-history_date", "-history_id")
        .values("history_id")[:1]
    )
    found = rows.filter(**filters).values_list(Subquery(newest), flat=True)
    then = version.objects.filter(history_id__in=found, **filters)
    return list(then.exclude(history_type="-").order_by(key))


@cache
def version_model(model: type[models.Model]) -> Any:
    """The version model of a versioned model. Kept: the library makes a new manager class, at a
    tenth of an update's cost, each time its attribute is read."""
    return getattr(model, model._meta.simple_history_manager_attribute).model  # type: ignore[attr-defined]
