"""What Prometheus reads: what the processes counted, and what the database says at that moment."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Iterable

import prometheus_client
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from audit import actors
from config import backups, health, overview, post


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """For the networks and the token that the settings name; to others there is nothing here."""
    if not is_allowed(request):
        raise Http404("not for this address")
    text = prometheus_client.generate_latest(counted()) + prometheus_client.generate_latest(NOW)
    return HttpResponse(text, content_type=prometheus_client.CONTENT_TYPE_LATEST)


def is_allowed(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and secrets.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        return True
    address = actors.address_of(request)
    networks = [ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS]
    return address is not None and any(
        ipaddress.ip_address(address) in network for network in networks
    )


def counted() -> CollectorRegistry:
    """Of this process alone, or of all that write into METRICS_DIR."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class Present(Collector):
    """Read when asked for. What cannot be read is left out: an alert on its absence tells more than
    an old value."""

    def collect(self) -> Iterable[Metric]:
        try:
            yield from jobs()
            yield from ages()
            yield from mails()
            yield from copies()
        except DatabaseError:
            yield GaugeMetricFamily("casetrail_database_up", "Whether it answers.", value=0)
        else:
            yield GaugeMetricFamily("casetrail_database_up", "Whether it answers.", value=1)


def jobs() -> Iterable[Metric]:
    family = GaugeMetricFamily(
        "casetrail_jobs", "Jobs by queue and state.", labels=["queue", "state"]
    )
    for queue, waiting, running, failed in overview.queues():
        for state, count in (("waiting", waiting), ("running", running), ("failed", failed)):
            family.add_metric([queue, state], count)
    yield family
    oldest = health.queue_age() or 0
    yield GaugeMetricFamily("casetrail_oldest_job_seconds", "Of what is due.", value=oldest)


def ages() -> Iterable[Metric]:
    heartbeat = overview.heartbeat_age()
    if heartbeat is not None:
        yield GaugeMetricFamily(
            "casetrail_worker_heartbeat_seconds", "Since a worker was seen.", value=heartbeat
        )
    last = overview.last_check()
    if last is not None:
        age = (timezone.now() - last.recorded_at).total_seconds()
        yield GaugeMetricFamily(
            "casetrail_recorder_check_seconds", "Since the last check.", value=age
        )
        problems = len(last.detail.get("problems", ())) or int(last.outcome != "done")
        yield GaugeMetricFamily(
            "casetrail_recorder_problems", "Found by the last check.", value=problems
        )


def mails() -> Iterable[Metric]:
    failing = GaugeMetricFamily(
        "casetrail_mailbox_failing", "1 where the last look failed.", labels=["mailbox", "cause"]
    )
    age = GaugeMetricFamily(
        "casetrail_mailbox_fetched_seconds", "Since all was fetched.", labels=["mailbox"]
    )
    for each in post.watched():
        failing.add_metric([each.mailbox.address, each.last.cause], float(bool(each.last.cause)))
        if each.fetched_at is not None:
            past = (timezone.now() - each.fetched_at).total_seconds()
            age.add_metric([each.mailbox.address], past)
    replies = GaugeMetricFamily(
        "casetrail_replies_undelivered", "That wait for somebody.", labels=["state"]
    )
    for state, count in post.undelivered_by_state().items():
        replies.add_metric([state], count)
    yield from (failing, age, replies)


def copies() -> Iterable[Metric]:
    age = backups.age()
    if age is not None:
        yield GaugeMetricFamily(
            "casetrail_backup_seconds", "Since the newest backup.", value=age.total_seconds()
        )


NOW = CollectorRegistry()
NOW.register(Present())
