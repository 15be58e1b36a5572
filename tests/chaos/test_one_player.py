"""How much one player takes on."""

from runs.models import Run, RunStatus
from runs.player.claiming import MAX_RUNS
from tests.runs.worlds import score, start
from tests.scores.graphs import graph

from .thirty import far as node
from .world import World


def test_one_player_plays_250_runs_at_once(far: World) -> None:
    crowd = score(graph(node("gather", "gather"), node("end", "think"), "gather -> end"), "crowd")
    for _ in range(MAX_RUNS):
        start(crowd, {"value": MAX_RUNS})

    far.wait(far.fork(durability="grouped"))

    runs = Run.objects.filter(score=crowd)
    assert runs.filter(status=RunStatus.SUCCEEDED, fence=1, deaths=0).count() == MAX_RUNS
