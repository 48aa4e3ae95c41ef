"""A production environment for the project's own processes."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict


@pytest.fixture
def production(own_database: str, tmp_path: Path) -> dict[str, str]:
    """A whole production environment on a database of this test's own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    parts = conninfo_to_dict(os.environ["DATABASE_URL"])
    before = f"/{parts['dbname']}?"
    return {
        "DATABASE_URL": os.environ["DATABASE_URL"].replace(before, f"/{own_database}?"),
        "SECRET_KEY": "pZ8!kq2Vw9xLr4Tn7Yb1Mc6Hd3Gf5Js0Ae" * 2,
        "ALLOWED_HOSTS": "desk.example.com",
        "TRUST_X_FORWARDED_PROTO": "true",
        "STATIC_ROOT": str(tmp_path / "static"),
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "1",
        "WEB_THREADS": "12",
    }
