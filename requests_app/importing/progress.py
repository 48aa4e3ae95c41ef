"""How far a long command is: one living line on a terminal, a line each half minute elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import IO

ON_TERMINAL, ELSEWHERE = 0.2, 30.0
# The rate is that of the last seconds: rows that are skipped go by much faster than others.
WINDOW = 20.0


def duration(seconds: float) -> str:
    """29s, 3m10s, 2h05m."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m"


def sentence(done: int, total: int, rate: float, unit: str = "rows") -> str:
    """[12,000/101,045] 12 % 3,100 rows/s, about 29s left"""
    share = 100 * done // total if total else 100
    left = f", about {duration((total - done) / rate)} left" if rate else ""
    return f"[{done:,}/{total:,}] {share} % {rate:,.0f} {unit}/s{left}"


class Progress:
    """Prints `sentence` to `out` when it is due. `clock` is seconds that only grow."""

    def __init__(
        self, out: IO[str], clock: Callable[[], float] = time.monotonic, unit: str = "rows"
    ) -> None:
        self._out = out
        self._unit = unit
        self._clock = clock
        self._is_terminal = out.isatty()
        self._pause = ON_TERMINAL if self._is_terminal else ELSEWHERE
        self._width = 0
        self.begins(0)

    def begins(self, total: int) -> None:
        now = self._clock()
        self._total = total
        self._due = now + self._pause
        self._marks = deque([(now, 0)])

    def reached(self, done: int) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + self._pause
        self._marks.append((now, done))
        while now - self._marks[0][0] > WINDOW and self._marks[1][0] < now:
            self._marks.popleft()
        since, before = self._marks[0]
        self._print(sentence(done, self._total, (done - before) / (now - since), self._unit))

    def _print(self, text: str) -> None:
        if self._is_terminal:
            self._out.write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self._out.write(text + "\n")
        self._out.flush()

    def close(self) -> None:
        """Leaves the terminal's line, so that what follows starts on its own."""
        if self._width:
            self._out.write("\n")
