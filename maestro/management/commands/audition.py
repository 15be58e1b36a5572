"""`manage.py audition`: hear a changed agent before it is saved; a build refuses one that got worse."""

import json
import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from agents.models import Agent
from maestro.errors import Conflict, MaestroError, NotFound
from maestro.health import cluster_is_beating
from maestro.management.workspace import AUTHOR, add_workspace, find_workspace
from maestro.numbers import MICRODOLLARS, amount, duration, money
from runs.auditions.actions import (
    Proposal,
    cancel_audition,
    candidate_of,
    propose,
    start_audition,
)
from runs.auditions.declared import FORMS, Selection, read_grader
from runs.auditions.fields import deciding
from runs.auditions.models import Against, Audition
from runs.auditions.page import ShownRow, shown_row
from runs.auditions.settling import settle

POLL_SECONDS = 0.5
LONGEST = 40  # characters of an answer in one line
REFUSED = 2  # the exit code of what could not begin; 1 is that of what did not pass

JSON = dict[str, Any]


class Command(BaseCommand):
    """Prints what an agent answers now beside what it answered then."""

    help = (
        "Hear a changed agent at recorded inputs. Exit code 0: it passed; 1: a grader failed, more "
        "rows than before have no valid answer, or not all were played; 2: refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="of the agent")
        add_workspace(parser)
        parser.add_argument(
            "--prompt-file", type=Path, metavar="FILE", help="the new system prompt"
        )
        parser.add_argument("--model", help="the new model")
        parser.add_argument(
            "--schema-file", type=Path, metavar="FILE", help="the new output schema"
        )
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--last", type=int, metavar="N", help="of the last N inputs (50)")
        chosen.add_argument("--sample", type=int, metavar="N", help="N, spread over the last 1,000")
        chosen.add_argument(
            "--run", action="append", metavar="ID", help="of this run; may be repeated"
        )
        parser.add_argument(
            "--by", metavar="FIELD", help="sample the values of this answer's field in turn"
        )
        parser.add_argument("--against", choices=Against.values, default="recorded")
        parser.add_argument("--budget", type=float, metavar="DOLLARS", help="at most")
        parser.add_argument("--grade", action="append", default=[], metavar="GRADER", help=FORMS)
        parser.add_argument("--price", action="store_true", help="say what it would cost, and stop")

    def handle(self, **options: Any) -> None:
        try:
            audition = self._begin(options)
        except MaestroError as refusal:
            raise CommandError(refusal.message, returncode=REFUSED) from None
        except ValidationError as fault:
            first = fault.errors()[0]
            place = ".".join(map(str, first["loc"]))
            told = f"{place}: {first['msg']}".removeprefix(": ")
            raise CommandError(told, returncode=REFUSED) from None
        except (OSError, ValueError, OverflowError) as fault:
            raise CommandError(str(fault), returncode=REFUSED) from None
        if audition is None:
            return
        self._wait(audition)
        audition.refresh_from_db()
        self._report(audition)
        if not _passed(audition):
            sys.exit(1)

    def _begin(self, options: JSON) -> Audition | None:
        """None when only the price was asked for."""
        proposal = _proposal(options)
        forecast = proposal.forecast
        self.stdout.write(
            f"{proposal.agent} v{proposal.agent.version} and the candidate at {forecast.rows} recorded "
            f"inputs: about {money(forecast.expected, 4)} ({money(forecast.low, 4)} to {money(forecast.high, 4)})"
        )
        if options["price"]:
            return None
        if not cluster_is_beating():
            raise Conflict(
                "No cluster is running to play it: start `manage.py up` or `manage.py cluster`"
            )
        graders = [read_grader(written) for written in options["grade"]]
        budget = round(options["budget"] * MICRODOLLARS) if options["budget"] is not None else None
        return start_audition(proposal, graders=graders, budget=budget, by=AUTHOR)

    def _wait(self, audition: Audition) -> None:
        while not (now := Audition.objects.select_related("run").get(pk=audition.pk)).is_finished:
            if now.run is not None and now.run.waiting_for == "budget" and not now.run.resume_at:
                self.stderr.write("The workspace's own budget is reached; nobody waits here.")
                cancel_audition(now, by=AUTHOR)
            if not settle(audition.pk):
                time.sleep(POLL_SECONDS)

    def _report(self, audition: Audition) -> None:
        totals = audition.totals or {}
        fields = deciding(audition.candidate["output_schema"])
        for row in audition.rows.filter(changed=True):
            self.stdout.write(_line(shown_row(row, fields)))
        old, new = totals["old"], totals["new"]
        lines = [
            ("played", f"{totals['played']} of {totals['rows']}", ""),
            ("same answer", amount(totals["same"]), ""),
            ("changed", amount(totals["changed"]), f"{totals['flipped']} would take another port"),
            ("no valid answer", amount(new["invalid"]), f"was {old['invalid']}"),
            (
                "cost",
                money(new["cost_microdollars"], 4),
                f"was {money(old['cost_microdollars'], 4)}",
            ),
            ("time, p50", _milliseconds(new["ms_p50"]), f"was {_milliseconds(old['ms_p50'])}"),
        ]
        for name, is_now, was in lines:
            self.stdout.write(f"{name:16} {is_now:>12}  {was}".rstrip())
        for one in totals["graders"]:
            word = "pass" if one["passed"] else "FAIL"
            self.stdout.write(f"{word} {one['grader']}: {one['held']} of {one['of']}")
        self.stdout.write(f"{audition.pk} {'passed' if _passed(audition) else 'did not pass'}")


def _proposal(options: JSON) -> Proposal:
    workspace = find_workspace(options["workspace"])
    agent = Agent.objects.in_workspace(workspace).filter(slug=options["slug"]).first()
    if agent is None:
        raise NotFound(f"There is no agent {options['slug']} in {workspace}")
    selection = Selection(
        last=options["last"],
        sample=options["sample"],
        runs=options["run"],
        by=options["by"],
    )
    candidate = candidate_of(agent, _changed(options))
    return propose(agent, candidate, selection, against=Against(options["against"]))


def _changed(options: JSON) -> Any:  # noqa: ANN401
    fields: JSON = {}
    if options["prompt_file"]:
        fields["system_prompt"] = options["prompt_file"].read_text()
    if options["schema_file"]:
        fields["output_schema"] = json.loads(options["schema_file"].read_text())
    if options["model"]:
        fields["model"] = options["model"]
    return fields


def _milliseconds(count: int | None) -> str:
    return duration(timedelta(milliseconds=count)) if count is not None else ""


def _passed(audition: Audition) -> bool:
    """Also all rows were played: a part of them proves nothing of the rest."""
    totals = audition.totals or {}
    return bool(audition.passed) and totals["played"] == totals["rows"]


def _line(shown: ShownRow) -> str:
    """`ada@example.com: intent no -> yes (event → person)`."""
    if not shown.changes:
        said = "no valid answer" if shown.invalid else "a valid answer, where there was none"
    else:
        first = shown.changes[0]
        said = f"{first['field']} {_cut(first.get('old'))} -> {_cut(first.get('new'))}"
    return f"  {shown.who}: {said}" + (f" ({shown.downstream})" if shown.downstream else "")


def _cut(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
