"""The states a run and its nodes can be in (SPEC, decision 1)."""

from django.db.models import TextChoices

RETRY_AT = "retry_at"  # in the details of a failed attempt's error: it is not the last one


class RunStatus(TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    NEEDS_ATTENTION = "needs_attention"

    @classmethod
    def final(cls) -> list[str]:
        """States no run leaves; out of `needs_attention` a person's answer leads."""
        return ["succeeded", "failed", "cancelled", "skipped"]


class NodeStatus(TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"


class Mode(TextChoices):
    LIVE = "live"
    REHEARSAL = "rehearsal"
    PLAN = "plan"
    AUDITION = "audition"  # an agent, not yet saved, at recorded inputs


class Trigger(TextChoices):
    MANUAL = "manual"
    CRON = "cron"
    API = "api"
    WEBHOOK = "webhook"
    EVENT = "event"
    REPLAY = "replay"
    SUBSCORE = "subscore"
    BACKFILL = "backfill"


class Reuse(TextChoices):
    """What a run takes over from its `source_run`; empty: nothing."""

    BEFORE = "before", "what was recorded before a node"
    REPAIR = "repair", "all but what failed"
    APPLY = "apply", "a plan"


class Decision(TextChoices):
    """What a person says of one effect of a plan."""

    APPROVE = "approve"
    EDIT = "edit"
    DROP = "drop"
