"""One process of the crowd. Imports nothing of Django's before that is set up."""

from __future__ import annotations

from multiprocessing.connection import Connection


def work(end: Connection) -> None:
    """A worker's life: does each order it is sent, until it is sent none."""
    import django

    django.setup()
    from django.db import connection

    from bench.columns import BY_NAME
    from requests_app.models import User

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    persons = {person.pk: person for person in User.objects.all()}
    while (order := end.recv()) is not None:
        name, changes = order
        try:
            for change, keys in changes:
                BY_NAME[name].update(persons[change.person], change.reason, keys, change.values)
            end.send("")
        except Exception as error:  # told to the parent, which stops
            end.send(repr(error))
    connection.close()
