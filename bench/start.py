"""From the call that starts a run to its first node's start, on an idle machine.

The floor: one INSERT with a NOTIFY, until another connection's LISTEN has read the row.
"""

import statistics
import threading
import time
from typing import TYPE_CHECKING

from bench.installation import installation

if TYPE_CHECKING:
    from runs.models import Run

ROUNDS = 60


def measure() -> None:
    from bench.scores import chain, save, start

    score = save("one", chain(1))
    begun: list[tuple[float, Run]] = []
    floors: list[float] = []
    start(score)
    time.sleep(1)
    with _Listener() as listener:
        for _ in range(ROUNDS):
            floors.append(listener.floor())
            begun.append((time.time(), start(score)))
            time.sleep(0.2)
    firsts = [_started(run) - at for at, run in begun]
    floor, first = statistics.median(floors), statistics.median(firsts)
    print(f"start to first node: {first * 1000:.1f} ms median, {_p95(firsts) * 1000:.1f} ms p95")
    print(f"floor (insert, notify, read): {floor * 1000:.1f} ms median; ratio {first / floor:.1f}")


class _Listener:
    """Reads each row as soon as it is told of it."""

    def __enter__(self) -> "_Listener":
        from runs.connections import connect

        self.writer, self.listener, self.reader = connect(), connect(), connect()
        self.writer.execute("create table floor (id bigserial primary key, at float)")
        self.listener.execute("listen floor")
        self.read = threading.Event()
        self.done = False
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done = True
        self.writer.execute("notify floor")
        self.thread.join()

    def floor(self) -> float:
        self.read.clear()
        began = time.perf_counter()
        with self.writer.transaction():
            self.writer.execute("insert into floor (at) values (0)")
            self.writer.execute("notify floor")
        self.read.wait(5)
        return time.perf_counter() - began

    def _listen(self) -> None:
        for _ in self.listener.notifies():
            self.reader.execute("select * from floor order by id desc limit 1")
            self.read.set()
            if self.done:
                return


def _started(run: "Run") -> float:
    started = run.nodes.get().started_at
    return started.timestamp() if started else float("nan")


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    with installation():
        measure()
