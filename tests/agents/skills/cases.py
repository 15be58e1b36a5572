"""One call or more of every built-in operation, with what its far end says to it.

The answers are cut from the services' own documentation; where each is from stands in the skill's
`wire` module, or in `tests/far_ends`.
"""

import base64

from agents.skills.compose.operations import STAGES
from agents.skills.contract import Case, Reply

ROWS = [{"email": "ada@x.example", "n": 2}, {"email": "bob@x.example", "n": 1}]
DATA = [
    Case(operation="pick", input={"fields": ["a.b"], "a": {"b": 1}}, output={"b": 1}),
    Case(operation="rename", input={"names": {"a": "b"}, "a": 1}, output={"b": 1}),
    Case(
        operation="template",
        input={"templates": {"subject": "{n} new"}, "n": 3},
        output={"subject": "3 new"},
    ),
    Case(operation="filter", input={"rows": ROWS, "when": "input.n > 1"}),
    Case(operation="sort", input={"rows": ROWS, "by": "n"}, output={"rows": ROWS[::-1]}),
    Case(operation="dedupe", input={"rows": ROWS, "by": "email"}),
    Case(operation="group", input={"rows": ROWS, "by": "email"}),
    Case(
        operation="join",
        input={"rows": ROWS, "others": ROWS, "other_field": "others", "by": "email"},
        output={"rows": ROWS, "unpaired": 0},
    ),
    Case(operation="merge", input={"fields": ["a"], "a": ROWS}, output={"rows": ROWS}),
    Case(operation="read_csv", input={"csv": "a\n1\n"}, output={"rows": [{"a": "1", "row": 2}]}),
    Case(operation="write_csv", input={"rows": [{"a": "1"}]}, output={"csv": "a\n1\n"}),
    Case(operation="read_json", input={"text": "[1]"}, output={"value": [1]}),
    Case(operation="write_json", input={"a": 1}, output={"text": '{"a": 1}'}),
]

SHOP = "https://api.shop.example/orders"
PROOF = {"auth": {"secret": "shop_key"}}
AT_SHOP = {"shop_key": ("api.shop.example",)}
DONE = [Reply(json={"ok": True})]
HTTP = [
    Case(operation="get", input={"url": SHOP, **PROOF}, replies=DONE, homes=AT_SHOP),
    Case(
        operation="get",
        input={"url": SHOP, "pages": {"kind": "page", "items_path": "orders"}},
        replies=[Reply(json={"orders": [1, 2]}), Reply(json={"orders": []})],
        output={"status": 200, "headers": {}, "items": [1, 2], "pages": 2, "more": False},
    ),
    Case(
        operation="post",
        input={"url": SHOP, "json": {"a": 1}, **PROOF},
        replies=DONE,
        homes=AT_SHOP,
    ),
    Case(operation="put", input={"url": SHOP, "form": {"a": 1}}, replies=DONE),
    Case(operation="patch", input={"url": SHOP, "body": "a"}, replies=DONE),
    Case(operation="delete", input={"url": SHOP}, replies=DONE),
]

HEADERS = [
    {"name": "From", "value": "Ada <ada@x.example>"},
    {"name": "To", "value": "me@x.example"},
    {"name": "Subject", "value": "Hello"},
    {"name": "Message-ID", "value": "<1@x.example>"},
]
MESSAGE = {
    "id": "m1",
    "threadId": "t1",
    "labelIds": ["INBOX"],
    "payload": {
        "mimeType": "text/plain",
        "headers": HEADERS,
        "body": {"data": base64.urlsafe_b64encode(b"Hi").decode()},
    },
}
GMAIL = [
    Case(
        operation="list_inbox",
        replies=[Reply(json={"threads": [{"id": "t1", "snippet": "Hi"}]})],
        output={"threads": [{"thread_id": "t1", "snippet": "Hi"}]},
    ),
    Case(
        operation="read_thread",
        input={"thread_id": "t1"},
        replies=[Reply(json={"id": "t1", "messages": [MESSAGE]})],
    ),
    Case(
        operation="send_email",
        input={"to": "ada@x.example", "subject": "Hello", "body": "Hi"},
        replies=[Reply(json={"id": "m2", "threadId": "t2"})],
        output={"message_id": "m2", "thread_id": "t2"},
    ),
    Case(
        operation="label_thread",
        input={"thread_id": "t1", "label": "Maestro"},
        replies=[
            Reply(json={"labels": [{"id": "L1", "name": "Maestro"}]}),
            Reply(json={"id": "t1"}),
        ],
        output={"thread_id": "t1", "labels": ["Maestro"]},
        by_nature=True,
    ),
]

COMPANY = {"id": "o1", "name": "Northwind", "primary_domain": "northwind.example"}
PERSON = {"id": "p1", "name": "Ada L", "email": "ada@northwind.example", "organization": COMPANY}
APOLLO = [
    Case(operation="find_leads", replies=[Reply(json={"people": [PERSON]})]),
    Case(
        operation="enrich_person",
        input={"lead_id": "p1"},
        replies=[Reply(json={"person": PERSON})],
        port="success",
    ),
    Case(
        operation="enrich_person",
        input={"lead_id": "p1"},
        replies=[Reply(json={"person": None})],
        port="no_email",
        output={"person": {}},
    ),
    Case(
        operation="enrich_domain",
        input={"domain": "northwind.example"},
        replies=[Reply(json={"organization": COMPANY})],
    ),
]

PAGE = "https://news.example/1"
HIT = {"title": "News", "url": PAGE, "content": "Raised.", "score": 0.9}
WEB_RESEARCH = [
    Case(
        operation="search",
        input={"query": "northwind"},
        replies=[Reply(json={"results": [HIT]})],
        output={"results": [HIT]},
    ),
    Case(
        operation="extract",
        input={"urls": [PAGE]},
        replies=[Reply(json={"results": [{"url": PAGE, "raw_content": "# News"}]})],
        output={"pages": [{"url": PAGE, "content": "# News"}], "failed": []},
    ),
]

OPENER = {"subject": "four roles", "body": "Hi Ada", "preview": "Hi Ada"}
COMPOSE = [
    Case(
        operation="draft_personalized_opener",
        input={"name": "Ada", "offer": "Bookings"},
        model=OPENER,
        output=OPENER,
    ),
    *(
        Case(
            operation="classify_reply_intent",
            input={"text": "Stop."},
            model={"intent": intent, "confidence": 0.9, "explanation": "It says so."},
            output={
                "intent": intent,
                "confidence": 0.9,
                "explanation": "It says so.",
                "new_stage": stage,
                "label": f"Maestro/{intent}",
            },
        )
        for intent, stage in STAGES.items()
    ),
]

ADA = {"pipeline": "outreach", "email": "ada@x.example"}
PIPELINE = [
    Case(operation="find_contact", input=ADA, port="not_found", output={}),
    Case(operation="find_contact", input={**ADA, "email": "known@x.example"}, port="exists"),
    Case(operation="add_contact", input={**ADA, "name": "Ada"}, port="success"),
    Case(operation="log_activity", input={**ADA, "contact_id": "ct_known", "kind": "called"}),
]
NOTIFY = [
    Case(operation="send_event", input={"title": "{n} new", "n": 3}),
    Case(operation="send_attention", input={"title": "Look"}),
    Case(operation="send_mail", input={"title": "Look", "to": "ada@x.example"}, by_nature=True),
    Case(
        operation="send_slack",
        input={"secret": "team_chat", "title": "{n} new", "message": "Look", "n": 3},
        replies=[Reply(body=b"ok")],
        output={"status": 200},
        secrets={"team_chat": "https://hooks.slack.com/services/T1/B1/canary4711"},
        homes={"team_chat": ["hooks.slack.com"]},
    ),
    Case(
        operation="send_webhook",
        input={"url": "https://x.example/hook", "payload": {"a": 1}, "signing_secret": "sign"},
        replies=[Reply(status=204)],
    ),
]
BOX = {"account": "imap_account"}
THREAD = {**BOX, "thread_id": "op-1@example.com"}
ACCOUNT = {
    "imap_account": '{"host": "imap.x.example", "user": "alex@x.example", "password": "canary-4711"}'
}
EMAIL = [
    Case(
        operation="send_email",
        input={"to": "ada@x.example", "subject": "Hello", "body": "Hi"},
        by_nature=True,
    ),
    Case(operation="list_inbox", input=BOX, secrets=ACCOUNT),
    Case(operation="read_thread", input=THREAD, secrets=ACCOUNT),
    Case(
        operation="label_thread",
        input={**THREAD, "label": "Maestro/interested"},
        secrets=ACCOUNT,
        by_nature=True,
    ),
]
