"""`python -m bench [workload...]`: the targets, each beside its floor in the same run."""

import logging
import sys
from collections.abc import Callable, Iterator

from .installation import Installation, installation
from .report import HEAD, Line, table

Workload = Callable[[Installation], Iterator[Line]]


def workloads() -> dict[str, Workload]:
    """By name; imported late, because they need Django."""
    from . import inside, workers

    return {
        "chain": inside.chains,
        "map": inside.maps,
        "waits": inside.overlap,
        "runs": workers.many_runs,
        "start": workers.starts,
        "models": workers.models,
        "memory": workers.memory,
    }


def main(names: list[str]) -> int:
    """Measure and print; 1 when a target is missed."""
    with installation(clusters=0) as place:
        logging.disable(logging.INFO)
        known = workloads()
        if unknown := set(names) - known.keys():
            print(f"There is no {', '.join(unknown)}; there are {', '.join(known)}")
            return 2
        lines = []
        for name in names or known:
            for line in known[name](place):
                print(*line.cells, sep="  ", file=sys.stderr, flush=True)
                lines.append(line)
    print(table([HEAD, *(line.cells for line in lines)]))
    return int(any(not line.is_met for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
