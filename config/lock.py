"""`make lock`: writes the hash-pinned locks from pyproject.toml, with no index host in them."""

from __future__ import annotations

import os
import subprocess
import sys

from config import local

_COMPILE = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header"),
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
)
_LOCKS = {
    "requirements.lock": (),
    "requirements-dev.lock": ("--extra", "dev", "--constraint", "requirements.lock"),
    "bench/requirements.lock": (
        "--extra", "dev", "--extra", "bench", "--constraint", "requirements-dev.lock",
    ),
}  # fmt: skip


def main(*arguments: str) -> int:
    """Further arguments go to `uv pip compile`, for example --upgrade."""
    environment = {**os.environ, "UV_CACHE_DIR": str(local.FOLDER / "uv-cache")}
    for lock, options in _LOCKS.items():
        subprocess.run(
            [*_COMPILE, *options, *arguments, "--output-file", lock, "pyproject.toml"],
            cwd=local.PROJECT,
            env=environment,
            check=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
