"""What the three shipped agents would say, spoken over the Messages API."""

import json
from typing import Any

from tests.far_ends.messages_api import Said, text

JSON = dict[str, Any]

INTENTS = {
    "Yes, show me": ("interested", "interested"),
    "I am away": ("out_of_office", None),
    "Bitte löschen": ("unsubscribe", "unsubscribed"),
}


class Oracle:
    """`asked` are the inputs of all calls; `emails` shows an address for a lead; `leave_out` are
    leads not worth a mail."""

    def __init__(self) -> None:
        self.asked: list[JSON] = []
        self.emails: dict[str, str] = {}
        self.leave_out: set[str] = set()

    def __call__(self, body: JSON) -> Said:
        given = _input_of(body)
        self.asked.append(given)
        if "leads" in given:
            return text(self._shortlist(given))
        return text(_classify(given) if "text" in given else _draft(given))

    def _shortlist(self, given: JSON) -> JSON:
        known = ("lead_id", "name", "title", "company", "domain")
        kept = [
            {name: lead[name] for name in known}
            | {"email": self.emails.get(lead["lead_id"]), "signal": None, "reason": "It fits."}
            for lead in given["leads"]
            if lead["lead_id"] not in self.leave_out
        ]
        return {"shortlist": kept}


def _draft(given: JSON) -> JSON:
    company = given["company_profile"]["name"]
    body = f"Hi {given['name']},\n\nthis is about {company} and its operations."
    return {"subject": f"about {company}", "body": body, "preview": f"this is about {company}"}


def _classify(given: JSON) -> JSON:
    """By the first words."""
    intent, stage = next(v for words, v in INTENTS.items() if given["text"].startswith(words))
    told = {"intent": intent, "confidence": 0.9, "explanation": "They say so."}
    return {**told, "new_stage": stage, "label": f"Maestro/{intent}"}


def _input_of(body: JSON) -> JSON:
    content = body["messages"][0]["content"]
    said = content if isinstance(content, str) else content[0]["text"]
    return dict(json.loads(said))
