"""Announcing the skill `bench` as an installed package would."""

from pathlib import Path


def announce(folder: Path) -> None:
    """Into a folder that is on the path of all processes."""
    package = folder / "bench_skill-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Name: bench-skill\nVersion: 1\n")
    told = "[maestro.skills]\nbench = bench.waiting:skill\n"
    (package / "entry_points.txt").write_text(told)
