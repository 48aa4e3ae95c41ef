"""Two people send what they saw at the same instant: one is done, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from audit.models import Event
from requests_app.models import Message, User
from requests_app.standing import standing_of
from tests import factories
from tests.pages import address, signed_in


def test_of_two_forms_sent_at_once_one_is_done_and_the_other_told(own_database: str) -> None:
    entity = factories.entity(code="US")
    writers = [factories.person("agent", entity, display_name=name) for name in ("Ana", "Ben")]
    opened = factories.support_request(entity=entity)
    seen, both = str(standing_of(opened)), Barrier(2)

    def send(person: User) -> int:
        client = signed_in(person)
        both.wait(timeout=10)
        try:
            sent = {"seen": seen, "body": f"Hello from {person}"}
            return client.post(address(opened, "reply"), sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        answers = dict(zip(writers, threads.map(send, writers), strict=True))

    assert sorted(answers.values()) == [302, 409]
    [winner] = [person for person, status in answers.items() if status == 302]
    assert Message.objects.get().body == f"Hello from {winner}"
    kinds = Event.objects.of_support_request(opened.pk).filter(kind="request.replied")
    assert sorted(kinds.values_list("outcome", flat=True)) == ["denied", "done"]
