"""Runs a command and writes the seconds it took and its peak memory: gauge.py FILE COMMAND...

A process begins with the peak of the one that started it, so this has to be a small one: it is run
by itself, and imports hardly anything.
"""

import json
import resource
import subprocess
import sys
import time

# Kilobytes everywhere but on macOS.
UNIT = 1 if sys.platform == "darwin" else 1024


def main(path: str, command: list[str]) -> int:
    start = time.perf_counter()
    code = subprocess.run(command).returncode
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * UNIT
    with open(path, "w") as out:  # noqa: PTH123 - pathlib would make this process larger
        json.dump({"seconds": seconds, "peak": peak}, out)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
