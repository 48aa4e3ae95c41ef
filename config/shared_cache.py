"""The cache in the database, with one statement where Django's takes three.

Whoever types a wrong password is counted several times over, and each count used to count all rows,
look for its own, and write it. What has run out is removed by an hourly job instead of in passing:
nothing that counts attempts is ever thrown out because there are many.
"""

from __future__ import annotations

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

# What stands and has not run out is left alone by "add"; another transaction that writes the same
# key is waited for, and decides.
WRITE = {
    "set": """
        INSERT INTO {table} AS known (cache_key, value, expires)
        VALUES (%(key)s, %(value)s, %(end)s)
        ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
    """,
    "add": """
        INSERT INTO {table} AS known (cache_key, value, expires)
        VALUES (%(key)s, %(value)s, %(end)s)
        ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
        WHERE known.expires < %(now)s
    """,
    "touch": "UPDATE {table} SET expires = %(end)s WHERE cache_key = %(key)s",
}


class SharedCache(DatabaseCache):
    _table: str

    def _base_set(
        self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT
    ) -> bool:
        """Whether it was written; as Django's, it says no where the database refuses."""
        ends = self.get_backend_timeout(timeout)
        pickled = pickle.dumps(value, self.pickle_protocol)
        given: dict[str, Any] = {
            "key": key, "value": base64.b64encode(pickled).decode("latin1"),
            "end": datetime.max.replace(tzinfo=UTC) if ends is None
            else datetime.fromtimestamp(ends, UTC).replace(microsecond=0),
            "now": timezone.now().replace(microsecond=0),
        }  # fmt: skip
        statement = WRITE[mode].format(table=connection.ops.quote_name(self._table))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, given)
                return bool(cursor.rowcount)
        except DatabaseError:
            return False

    def clear_ended(self) -> int:
        """Removes what has run out; returns how much."""
        table = connection.ops.quote_name(self._table)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [timezone.now()])  # noqa: S608
            return cursor.rowcount
