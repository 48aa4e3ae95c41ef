"""Deletable models with cascades and a named through table, and one row of every kind of field."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from audit.versions import Versioned
from requests_app.models import SupportRequest

EVERYTHING = ("insert", "update", "delete")


class Tag(models.Model):
    name = models.CharField(max_length=50, unique=True)

    history = Versioned(allow=EVERYTHING)

    def __str__(self) -> str:
        return self.name


class Parent(models.Model):
    name = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    count = models.IntegerField(default=0)
    tags = models.ManyToManyField(Tag, through="ParentTag")

    history = Versioned(allow=EVERYTHING)

    def __str__(self) -> str:
        return self.name


class ParentProxy(Parent):
    class Meta:
        proxy = True


class ParentTag(models.Model):
    parent = models.ForeignKey(Parent, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)

    history = Versioned(allow=EVERYTHING)

    def __str__(self) -> str:
        return f"{self.parent_id} has {self.tag_id}"


class Child(models.Model):
    parent = models.ForeignKey(Parent, models.CASCADE, related_name="children")
    name = models.CharField(max_length=100)

    history = Versioned(allow=EVERYTHING)

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """May lie about before it is put to a request."""

    support_request = models.ForeignKey(SupportRequest, models.PROTECT, null=True)
    name = models.CharField(max_length=100)

    history = Versioned(allow=EVERYTHING)

    def __str__(self) -> str:
        return self.name


class EveryField(models.Model):
    """Columns whose names need quotes stand here too."""

    class Colour(models.TextChoices):
        RED = "red", "Red"
        BLUE = "blue", "Blue"

    token = models.UUIDField(primary_key=True)
    document = models.JSONField(default=dict)
    words = ArrayField(models.TextField(), default=list)
    content = models.BinaryField(default=b"")
    amount = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    doubled = models.GeneratedField(
        expression=models.F("amount") * 2,
        output_field=models.DecimalField(max_digits=20, decimal_places=4),
        db_persist=True,
    )
    file = models.FileField(upload_to="files", blank=True)
    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    clock = models.TimeField(null=True)
    length = models.DurationField(null=True)
    ratio = models.FloatField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    stamped_at = models.DateTimeField(db_default=Now())
    colour = models.CharField(max_length=10, choices=Colour, default=Colour.RED)
    maybe = models.BooleanField(null=True)
    address = models.GenericIPAddressField(null=True)
    email = models.EmailField(blank=True)
    order = models.IntegerField(default=0)
    spaced = models.IntegerField(default=0, db_column="Mixed Case")

    history = Versioned(allow=EVERYTHING)

    def __str__(self) -> str:
        return str(self.token)
