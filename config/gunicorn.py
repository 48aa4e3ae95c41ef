"""How the web server runs, in `make serve` and in `make run`. Each value has its variable."""

from __future__ import annotations

import os

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
