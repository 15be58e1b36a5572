"""Asking a service that wants a secret: its address, its refusals in our words, its answers checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from pydantic import BaseModel, ValidationError

from agents.answer import said_in, seconds_to_wait, time_in
from agents.skills.context import Context
from agents.skills.operation import places
from agents.skills.slot import Slot
from maestro.errors import OutcomeUnknown, RateLimited, ServiceRefused

if TYPE_CHECKING:
    from agents.egress import Query

Model = TypeVar("Model", bound=BaseModel)

SECONDS = 30
# Google's way to say 429, after developers.google.com/workspace/gmail/api/guides/handle-errors.
BUSY = re.compile(r'"(?:userR|r)ateLimitExceeded"|"dailyLimitExceeded"|"quotaExceeded"')


@dataclass(frozen=True, kw_only=True)
class Service:
    """A far end. `setting` names the deployer's stand-in for `url`; `slot` is the secret it takes."""

    name: str
    slot: str
    url: str
    setting: str

    @property
    def secret(self) -> Slot:
        """Its slot, which goes to itself alone."""
        return Slot(self.slot, (urlsplit(self.url).netloc,), self.setting)

    async def ask(
        self,
        context: Context,
        method: str,
        path: str,
        answer: type[Model],
        *,
        headers: Mapping[str, str],
        query: Query | None = None,
        json: Any = None,  # noqa: ANN401
        is_write: bool = False,
        seconds: float = SECONDS,
    ) -> Model:
        """Ask, and read the answer as `answer`.

        What egress raises, with the secret named where it was refused. ServiceRefused for an
        answer that is not as documented; after a write, OutcomeUnknown.
        """
        try:
            got = await context.http.request(
                method,
                self._base() + path,
                headers={"Accept": "application/json", **headers},
                query=query,
                json=json,
                is_write=is_write,
                seconds=seconds,
            )
            return answer.model_validate_json(got.body)
        except ServiceRefused as refusal:
            raise self._refusal(refusal) from None
        except ValidationError as error:
            message, fields = f"{self.name}'s answer is not as documented", places(error)[:5]
            if is_write:
                raise OutcomeUnknown(f"{message}; it may have acted", fields=fields) from None
            raise ServiceRefused(message, fields=fields) from None

    def _base(self) -> str:
        return (getattr(settings, self.setting) or self.url).rstrip("/")

    def _refusal(self, refusal: ServiceRefused) -> ServiceRefused | RateLimited:
        status, said = refusal.details.get("status"), str(refusal.details.get("said", ""))
        if status == 403 and BUSY.search(said):
            message = f"{self.name} is asked too often: {said_in(said)}"
            wait = seconds_to_wait(time_in(said))
            return RateLimited(message, retry_after=wait, **refusal.details)
        if status in (401, 403):
            what = "does not take" if status == 401 else "does not let us do this with"
            message = (
                f"{self.name} {what} the secret in the slot {self.slot} ({status}): {said_in(said)}"
            )
            return ServiceRefused(message, slot=self.slot, **refusal.details)
        message = f"{self.name} refused: {refusal.message}"
        return ServiceRefused(f"{message}: {said_in(said)}" if said else message, **refusal.details)
