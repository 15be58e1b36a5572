"""The suite can fail: a fault that is planted in the players turns it red, by name."""

from .cases import Cases
from .world import World

# Where a fault shows: at which passage the run is cut, and what is then said of it.
SHOWN = {
    "late_key": ("write.done", 2, "was sent under 2 keys"),
    "early_ack": ("write.done", 2, "was not durable before what follows it"),
    "forgetful": ("journal.committed", 9, "was recorded and started again"),
}


def test_a_planted_fault_is_seen(cases: Cases, far: World) -> None:
    for plant, (point, turn, said) in SHOWN.items():
        far.plant = plant
        died, found = cases.at_point(point, turn, "each")
        assert died and any(said in fault for fault in found), (plant, found)

    far.plant = "no_fence"
    found = cases.wakes_up("journal.commit:4", "each", pause=0, buried=False)
    assert any("under a fence that was over" in fault for fault in found), found
