"""Property tests here judge what is right, never how fast a shared machine is."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "any_speed", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("any_speed")
