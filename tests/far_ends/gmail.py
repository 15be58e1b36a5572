"""Gmail and Google's token endpoint as documented, with a mailbox in memory.

After developers.google.com/workspace/gmail/api: reference/rest/v1, guides/handle-errors and
guides/threads; developers.google.com/identity/protocols/oauth2/web-server, "Refreshing an access
token". The sentence of a 429 with its time: github.com/googleapis/google-api-ruby-client/issues/20544.

`python -m tests.far_ends.gmail --port 9001` prints what GMAIL_API_URL and GMAIL_OAUTH are to be.
`GET /sent` and `GET /mailbox` (no part of Gmail) show what was sent, and how threads are labelled.
"""

import base64
import json
import re
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs

from tests.far_ends.server import FarEnd, Reply, Request, main

JSON = dict[str, Any]
HOME = "/gmail/v1/users/me"
REFRESH_TOKEN = "1//canary-refresh-token"


def encoded(text: str, charset: str = "utf-8") -> str:
    return base64.urlsafe_b64encode(text.encode(charset)).decode().rstrip("=")


def part(kind: str, text: str = "", **fields: Any) -> JSON:
    """A leaf of a message; `charset` says how its text is encoded."""
    charset = fields.pop("charset", "utf-8")
    header = {"name": "Content-Type", "value": f'{kind}; charset="{charset}"'}
    body = {"size": len(text), "data": encoded(text, charset)}
    return {"mimeType": kind, "filename": "", "headers": [header], "body": body} | fields


def message(number: str, sender: str, payload: JSON, *labels: str, **headers: str) -> JSON:
    """A message of the thread `t` + its first letter, as format=full shows it."""
    told = {"From": sender, "To": "me@ours.example", "Message-ID": f"<{number}@mail.example>"}
    named = [{"name": n.replace("_", "-"), "value": v} for n, v in (told | headers).items()]
    full = {**payload, "headers": named + payload.get("headers", [])}
    thread = f"t{number[0]}"
    return {"id": f"m{number}", "threadId": thread, "labelIds": list(labels), "payload": full}


def mailbox() -> dict[str, list[JSON]]:
    """Three people who answered, each in another way, and a stranger."""
    interested = part("text/plain", "Yes, show me on Tuesday.\r\n\r\nMaya")
    away = part("text/html", "<style>p{}</style><p>I am away until <b>Monday</b>.</p>")
    stop = part("text/plain", "Bitte löschen Sie mich. Grüße", charset="iso-8859-1")
    ours = part("text/plain", "Hello")
    threads = {
        "t1": [
            message("1a", "me@ours.example", ours, "SENT", Subject="Your roles"),
            message(
                "1b",
                '"Chen, Maya" <Maya@northwind.example>',
                {"mimeType": "multipart/alternative", "parts": [interested, away]},
                *("INBOX", "UNREAD"),
                Subject="Re: Your roles",
                Date="Thu, 19 Nov 2026 09:12:04 +0100",
            ),
        ],
        "t2": [message("2a", "jonas@alpenglow.example", away, "INBOX", "UNREAD", Subject="Away")],
        "t3": [message("3a", "ada@northwind.example", stop, "INBOX", "UNREAD", Subject="Stop")],
        "t4": [message("4a", "stranger@else.example", ours, "INBOX", "UNREAD", Subject="Hi")],
    }
    return threads


class GmailEnd(FarEnd):
    """`threads`, `labels` (id to name) and `sent` are the mailbox; `refreshed` counts tokens given,
    `tokens` are those that are good."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.threads = mailbox()
        self.labels = {name: name for name in ("INBOX", "UNREAD", "SENT")}
        self.sent: list[JSON] = []
        self.refreshed = 0
        self.tokens: set[str] = set()

    def secret(self, **changes: str) -> str:
        oauth = {
            "client_id": "client.apps.example",
            "client_secret": "GOCSPX-canary",
            "refresh_token": REFRESH_TOKEN,
            "token_uri": f"{self.url}/token",
        }
        return json.dumps(oauth | changes)

    def greeting(self) -> str:
        return f"GMAIL_API_URL={self.url}\nGMAIL_OAUTH='{self.secret()}'"

    def answer(self, request: Request) -> Reply:
        if request.path == "/token":
            return self._grant(parse_qs(request.body.decode()))
        if request.path in ("/sent", "/mailbox"):
            return Reply(body={"sent": self.sent, "labels": self._labelled()})
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refusing(401, "Invalid Credentials", "authError")
        return self._answer(request, request.path.removeprefix(HOME))

    def _answer(self, request: Request, path: str) -> Reply:
        match request.method, path.split("/")[1:]:
            case "GET", ["profile"]:
                return Reply(body={"emailAddress": "me@ours.example", "messagesTotal": 4})
            case "GET", ["threads"]:
                return self._list(request)
            case "GET", ["threads", thread] if thread in self.threads:
                return Reply(body={"id": thread, "messages": self.threads[thread]})
            case "POST", ["threads", thread, "modify"] if thread in self.threads:
                return self._modify(thread, request.json())
            case "GET", ["labels"]:
                labels = [{"id": id, "name": name} for id, name in self.labels.items()]
                return Reply(body={"labels": labels})
            case "POST", ["labels"]:
                return self._label(request.json()["name"])
            case "GET", ["messages"]:
                return self._sent_to(request)
            case "GET", ["messages", id] if id.startswith("sent_"):
                return self._shown(int(id.removeprefix("sent_")), request)
            case "POST", ["messages", "send"]:
                return self._send(request.json())
        return refusing(404, "Requested entity was not found.", "notFound")

    def _grant(self, form: dict[str, list[str]]) -> Reply:
        if form.get("grant_type") != ["refresh_token"]:
            return Reply(400, {"error": "unsupported_grant_type"})
        if form.get("client_secret") != ["GOCSPX-canary"]:
            told = {"error": "invalid_client", "error_description": "Unauthorized"}
            return Reply(401, told)
        if form.get("refresh_token") != [REFRESH_TOKEN]:
            told = {"error": "invalid_grant", "error_description": "Token has been revoked."}
            return Reply(400, told)
        self.refreshed += 1
        token = f"ya29.canary-{self.refreshed}"
        self.tokens.add(token)
        return Reply(body={"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _list(self, request: Request) -> Reply:
        """Knows `-label:` alone of Gmail's search; the page token is a number."""
        without = re.findall(r"-label:(\S+)", request.first("q"))
        found = [id for id in self.threads if not set(without) & self._names(id)]
        begin, size = int(request.first("pageToken", "0")), int(request.first("maxResults", "100"))
        page = [{"id": id, "snippet": "It&#39;s"} for id in found[begin : begin + size]]
        more = begin + size < len(found)
        return Reply(
            body={"threads": page} | ({"nextPageToken": str(begin + size)} if more else {})
        )

    def _modify(self, thread: str, change: JSON) -> Reply:
        if not {*change["addLabelIds"], *change["removeLabelIds"]} <= self.labels.keys():
            return refusing(400, "Invalid label", "invalidArgument")
        for one in self.threads[thread]:
            kept = set(one["labelIds"]) - set(change["removeLabelIds"])
            one["labelIds"] = sorted(kept | set(change["addLabelIds"]))
        return Reply(body={"id": thread})

    def _label(self, name: str) -> Reply:
        if name.lower() in {known.lower() for known in self.labels.values()}:
            return refusing(409, "Label name exists or conflicts", "aborted")
        id = f"Label_{len(self.labels)}"
        self.labels[id] = name
        return Reply(body={"id": id, "name": name})

    def _send(self, body: JSON) -> Reply:
        mail = message_from_bytes(base64.urlsafe_b64decode(body["raw"]), policy=policy.default)
        content = mail.get_body()
        told = {name.lower(): str(value) for name, value in mail.items()}
        number = len(self.sent)
        kept = {
            **told,
            "text": content.get_content() if content else "",
            "thread": body.get("threadId"),
        }
        self.sent.append(kept)
        return Reply(body={"id": f"sent_{number}", "threadId": body.get("threadId", f"ts{number}")})

    def _sent_to(self, request: Request) -> Reply:
        """Knows `to:` alone of Gmail's search."""
        (to,) = re.findall(r"to:(\S+)", request.first("q"))
        found = [number for number, mail in enumerate(self.sent) if to in mail["to"]]
        newest = found[::-1][: int(request.first("maxResults", "100"))]
        return Reply(body={"messages": [{"id": f"sent_{n}"} for n in newest]} if newest else {})

    def _shown(self, number: int, request: Request) -> Reply:
        """Only the headers asked for; the Message-ID is Gmail's own."""
        mail = self.sent[number] | {"message-id": f"<CA{number}@mail.gmail.com>"}
        name = request.first("metadataHeaders")
        headers = [{"name": name, "value": mail[name.lower()]}] if name.lower() in mail else []
        return Reply(
            body={
                "id": f"sent_{number}",
                "threadId": f"ts{number}",
                "labelIds": ["SENT"],
                "payload": {"mimeType": "text/plain", "headers": headers},
            }
        )

    def _names(self, thread: str) -> set[str]:
        ids = {label for one in self.threads[thread] for label in one["labelIds"]}
        return {self.labels[id] for id in ids}

    def _labelled(self) -> dict[str, list[str]]:
        return {thread: sorted(self._names(thread)) for thread in self.threads}


def refusing(status: int, message: str, reason: str) -> Reply:
    """A refusal as Google words it, indented as Google does: the reason comes after two sentences."""
    domain = "usageLimits" if reason.endswith(("LimitExceeded", "NotConfigured")) else "global"
    detail = {"message": message, "domain": domain, "reason": reason}
    told = {"error": {"code": status, "message": message, "errors": [detail]}}
    return Reply(status, json.dumps(told, indent=2).encode())


if __name__ == "__main__":
    main(GmailEnd)
