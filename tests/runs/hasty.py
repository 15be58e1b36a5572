"""`manage.py cluster` with a third of its patience, so that what it waits for is soon seen."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maestro.settings")
    django.setup()
    from django.core.management import call_command

    from runs.cluster import judge, keep, watchdog

    watchdog.BEAT_SECONDS = 1
    judge.LATE_BEAT_SECONDS = 3
    judge.ANSWER_SECONDS = 1
    keep.CLEAR_SECONDS = 2
    call_command("cluster")


if __name__ == "__main__":
    main()
