"""The forecast of a score and of an orchestra."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from agents.llm.exchange import Request, Tool
from agents.llm.parameters import Parameters
from agents.llm.schema import expressible
from agents.llm.tokens import Band
from agents.models import AgentVersion
from agents.skills import registry
from orchestras.models import Orchestra
from orchestras.schedule import fires
from runs.actions.subscores import pin_all, pin_document_and_below
from runs.actions.versions import read_document
from runs.models import Mode
from scores.actions import read_draft
from scores.document import GraphDocument
from scores.graph import maps_around, owners_of
from scores.models import Score, ScoreVersion
from scores.validation import find_errors, refusal_of

from .counting import count_prompts
from .figures import Basis, Forecast, Kept, Range
from .guessed import WHY, Asker, guess, prompt_by_length
from .recorded import History, played_since, since

JSON = dict[str, Any]
A_MONTH = timedelta(days=30)
A_DAY = timedelta(days=1)
MOST_FIRES = 500  # of a schedule that fires more often, the rest is as dense
NOTHING = Range(0, 0, 0)


def forecast_of_score(score: Score, *, counted: bool = False) -> Forecast:
    """Of its newest version. InvalidScore when it cannot be played, as for want of a price."""
    return _Outlook(score, score.version, None).forecast(counted)


def forecast_of_draft(score: Score, *, counted: bool = False) -> Forecast:
    """Of what is drawn and not saved yet, were it saved. InvalidScore when it cannot be played."""
    document = read_draft(score).document
    if errors := find_errors(document, score.workspace, score=score):
        raise refusal_of(errors)
    return _Outlook(score, score.version, None, document).forecast(counted)


def forecast_of_orchestra(orchestra: Orchestra, *, counted: bool = False) -> Forecast:
    """Of the version it plays. InvalidScore when that cannot be played, as for want of a price."""
    version = orchestra.score_version or orchestra.score.version
    return _Outlook(orchestra.score, version, orchestra).forecast(counted)


@dataclass(frozen=True)
class _Outlook:
    score: Score
    version: int
    orchestra: Orchestra | None
    drawn: GraphDocument | None = None

    @property
    def document(self) -> GraphDocument:
        return self.drawn or read_document(self.score, self.version)

    def forecast(self, counted: bool) -> Forecast:
        """`counted`: what no run has recorded is counted at the provider."""
        if not (self.version or self.drawn):
            return Forecast("free", 0, (), (), NOTHING, None, None)
        pins = self._pins()
        history = self._history(pins)
        costs = history.costs(self.orchestra, since()) or history.costs(None, since())
        asked = [asker for part in self._parts(pins) for asker in part.askers()]
        new = [asker for part in self._parts(pins) for asker in part.askers(history.nodes)]
        if asked and len(new) == len(asked) and not any(costs):
            costs = []  # runs that never came to a model say nothing about it
        prompts = self._prompts(new, counted)
        guessed = sum((guess(one, prompts[one.key]) for one in new), NOTHING)
        return Forecast(
            basis=_basis(bool(costs), bool(new), counted, "prices" in pins or bool(asked)),
            runs=len(costs),
            guessed=tuple(one.key for one in new),
            why=WHY if new else (),
            a_run=(Range.of(costs) if costs else NOTHING) + guessed,
            runs_a_month=self._runs_a_month(),
            kept=self._kept(history),
        )

    def _pins(self) -> JSON:
        if self.drawn is None:
            return pin_all(self.score, self.version, Mode.LIVE)
        return pin_document_and_below(self.score, self.drawn, Mode.LIVE)

    def _history(self, pins: JSON) -> History:
        """Operations that ask the workspace's own model are recorded as well, and never guessed."""
        nodes = self.document.nodes
        default = pins.get("default_model")
        models = {node.key: default for node in nodes if node.operation and default}
        models |= {key: agent["model"] for key, agent in pins["agents"].items()}
        return History(self.score, models, _prices(pins))

    def _parts(self, pins: JSON) -> Iterator["_Part"]:
        """The graph itself and those below it."""
        yield _Part(self.score.pk, "", self.document, pins)
        for name, below in pins.get("scores", {}).items():
            score, version = name.split("@")
            graph = ScoreVersion.objects.get(score=score, version=version).graph
            yield _Part(score, f"{score}/", GraphDocument.model_validate(graph), below)

    def _prompts(self, askers: list[Asker], counted: bool) -> dict[str, int]:
        """By node, tokens."""
        requests = [asker.request for asker in askers]
        if counted and requests:
            tokens = count_prompts(self.score.workspace, self.orchestra, requests)
        else:
            tokens = [prompt_by_length(request) for request in requests]
        return dict(zip((asker.key for asker in askers), tokens, strict=True))

    def _runs_a_month(self) -> float | None:
        """By its schedule while that is on, else as often as of late; of one that has never played,
        as its schedule will have it once it is on."""
        orchestra = self.orchestra
        if orchestra and orchestra.enabled and orchestra.cron:
            return _fires_a_month(orchestra)
        begin = timezone.now() - A_MONTH
        runs = played_since(self.score, orchestra, begin)
        times = list(runs.order_by("queued_at").values_list("queued_at", flat=True))
        if not times:
            return _fires_a_month(orchestra) if orchestra and orchestra.cron else None
        return len(times) * A_MONTH / max(timezone.now() - times[0], A_DAY)

    def _kept(self, history: History) -> Kept | None:
        """The runs of this month beside what the ones before it foretold."""
        zone = ZoneInfo(self.score.workspace.time_zone)
        month = (
            timezone.now()
            .astimezone(zone)
            .replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        )
        before = history.costs(self.orchestra, since() - A_MONTH, month)
        now = history.costs(self.orchestra, month)
        if not (before and now):
            return None
        return Kept(len(now), Range.of(before).times(len(now)), sum(now))


@dataclass(frozen=True)
class _Part:
    """One graph of a run's tree, with what a start would pin of it."""

    score: str
    prefix: str
    document: GraphDocument
    pins: JSON

    def askers(self, recorded: Container[tuple[str, str]] = ()) -> Iterator[Asker]:
        """Its nodes that ask a model, without those that were recorded."""
        owners = owners_of(self.document.nodes)
        prices = _prices(self.pins)
        for key, pin in self.pins["agents"].items():
            if (self.score, key) not in recorded:
                maps = len(maps_around(key, owners))
                bands = prices[pin["model"]]
                yield Asker(self.prefix + key, _first_request(pin), bands, maps)


def _basis(recorded: bool, guesses: bool, counted: bool, asks: bool) -> Basis:
    if not asks:
        return "free"
    if guesses:
        return "counted" if counted else "estimated"
    return "recorded" if recorded else "estimated"


def _prices(pins: JSON) -> dict[str, list[Band]]:
    told = pins.get("prices", {})
    return {model: [Band(**band) for band in bands] for model, bands in told.items()}


def _first_request(pin: JSON) -> Request:
    """What the provider would be sent first, with an empty input."""
    content = AgentVersion.objects.get(agent=pin["id"], version=pin["version"]).content
    schema = content["output_schema"]
    return Request(
        model=pin["model"],
        system=content["system_prompt"],
        messages=[{"role": "user", "content": "{}"}],
        tools=tuple(_tools(pin["tools"])),
        schema=expressible(schema) if schema else None,
        parameters=Parameters.model_validate(content["parameters"]),
    )


def _tools(names: list[str]) -> Iterator[Tool]:
    for name in names:
        operation = registry.find(*name.split(".", 1))
        yield Tool(operation.full_name, operation.description, operation.tool_schema())


def _fires_a_month(orchestra: Orchestra) -> float:
    now = timezone.now()
    coming: list[datetime] = []
    for fire in islice(fires(orchestra.cron, orchestra.zone, now), MOST_FIRES):
        if fire > now + A_MONTH:
            return float(len(coming))
        coming.append(fire)
    return len(coming) * (A_MONTH / (coming[-1] - now)) if coming else 0.0
