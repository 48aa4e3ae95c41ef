"""Structured logs: one JSON object per line in production, readable lines in local mode."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
_HARMLESS = ("action", "status_code")


def configure(options: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG. `options`: readable (bool) and level (name of a level)."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(configuration(**options))


def configuration(*, readable: bool, level: str) -> dict[str, Any]:
    """For logging.config.dictConfig: everything to the standard error stream, in one form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                # Not all that libraries add: a request's address may hold what somebody looked for.
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder(_HARMLESS)],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_rendering(readable=readable),
                ],
            }
        },
        "loggers": {
            # It names every task at every start of every process; what its worker does matters.
            "procrastinate": {"level": "WARNING"},
            "procrastinate.worker": {"level": level},
            # Its own handler would write lines of another form.
            "gunicorn.error": {"handlers": [], "propagate": True},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


def _rendering(*, readable: bool) -> list[Processor]:
    if readable:
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_json),
    ]


def _json(value: Any, **options: Any) -> str:
    return orjson.dumps(value, default=options.get("default", str)).decode()
