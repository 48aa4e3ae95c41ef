"""Counts what is recorded, for whoever watches the processes. No part of the record."""

from __future__ import annotations

from prometheus_client import Counter

EVENTS = Counter(
    "casetrail_events", "Events opened by this process, by kind and outcome.", ["kind", "outcome"]
)


def opened(kind: str, outcome: str) -> None:
    EVENTS.labels(kind, outcome).inc()
