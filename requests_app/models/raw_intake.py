"""What a channel delivered, byte for byte: kept and hashed, never changed."""

from __future__ import annotations

import hashlib

from django.db import models

from audit.versions import Versioned
from requests_app.models.entity import Entity


class RawIntake(models.Model):
    """The original of a request. Its version holds the hash; the bytes stand here once."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")

    history = Versioned(
        allow={"insert"},
        excluded_fields=["content"],
        erasable=["content", "sha256"],
        instead_of_deleting="The original stays as it was received.",
    )

    class Meta:
        verbose_name = "raw intake"
        constraints = [
            # sha256() is PostgreSQL's own: a wrong hash cannot be stored, whoever computes it.
            models.CheckConstraint(
                condition=models.Q(content=b"", sha256="")  # both were erased
                | models.Q(
                    sha256=models.Func(
                        models.Func(models.F("content"), function="sha256"),
                        models.Value("hex"),
                        function="encode",
                        output_field=models.TextField(),
                    )
                ),
                name="raw_intake_hash_is_of_its_content",
            )
        ]

    def __str__(self) -> str:
        return f"{self.media_type}, {self.size} bytes, sha256 {self.sha256[:12]}…"

    @property
    def trail_entity_id(self) -> int:
        return self.entity_id

    @classmethod
    def of(cls, content: bytes, media_type: str, entity: Entity) -> RawIntake:
        return cls(
            entity=entity,
            media_type=media_type,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
