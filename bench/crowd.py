"""Four processes that write at once, each on tickets of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from bench import worker
from bench.columns import Column
from bench.desk import Change, Desk

SIZE = 4


@dataclass
class Workers:
    ends: list[Connection]

    def do(self, desk: Desk, column: Column, work: Sequence[Sequence[Change]]) -> float:
        """Gives each worker its changes at the same moment; seconds until the last is done."""
        orders = [
            [(change, desk.keys_of(column, change)) for change in changes] for changes in work
        ]
        start = time.perf_counter()
        for end, order in zip(self.ends, orders, strict=True):
            end.send((column.name, order))
        for end in self.ends:
            answer = end.recv()
            if answer:
                raise RuntimeError(f"A worker failed in column {column.name}: {answer}")
        return time.perf_counter() - start


@contextmanager
def at_work() -> Iterator[Workers]:
    context: Any = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(SIZE)]
    processes = [context.Process(target=worker.work, args=(theirs,)) for _, theirs in pipes]
    for process in processes:
        process.start()
    try:
        yield Workers([ours for ours, _ in pipes])
    finally:
        for ours, _ in pipes:
            ours.send(None)
        for process in processes:
            process.join()
