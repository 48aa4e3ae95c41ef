"""How the web server runs, in `make serve` and in `make run`. Each value has its variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from config import local, logs
from config.environment import Environment, refuse_if_wrong

_env = Environment(os.environ)
_is_local = _env.boolean("CASETRAIL_LOCAL", default=False)

bind = _env.word("BIND", default="127.0.0.1:8000")
workers = _env.integer("WEB_WORKERS", default=2)
threads = _env.integer("WEB_THREADS", default=4)
worker_class = "gthread"
# A worker is replaced now and then, not all at once, so that no leak grows without end.
max_requests = 5000
max_requests_jitter = 500
graceful_timeout = 10
# Its default place is the home folder; nothing outside the project changes.
control_socket_disable = True
worker_tmp_dir = str(local.FOLDER) if _is_local else None
preload_app = _is_local
logconfig_dict = logs.configuration(
    readable=_is_local, level=_env.word("LOG_LEVEL", default="INFO")
)
refuse_if_wrong(_env)
_metrics = _env.text("METRICS_DIR")


def on_starting(_server: object) -> None:
    """What processes counted that are gone is of a run that is over."""
    if _metrics:
        for path in Path(_metrics).glob("*.db"):
            if not _is_alive(path.stem.rpartition("_")[2]):
                path.unlink(missing_ok=True)


def on_exit(_server: object) -> None:
    """On record, as its beginning is. Only now is the database asked for by this process."""
    started = os.environ.get("CASETRAIL_STARTED", "")
    if not started:
        return
    import django
    import structlog

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DATABASE_POOL"] = "false"
    django.setup()
    from django.db import Error

    from config import lifetimes

    try:
        lifetimes.end(lifetimes.WEB, int(started))
    except Error as error:
        structlog.get_logger("config").warning(
            "its end is not on record", error=type(error).__name__
        )


def child_exit(_server: object, worker: Any) -> None:
    """Its gauges are forgotten; what it counted stays in the sums."""
    if _metrics:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", _metrics)
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _is_alive(pid: str) -> bool:
    return pid.isdigit() and Path(f"/proc/{pid}").exists()
