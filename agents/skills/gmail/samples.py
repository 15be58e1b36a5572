"""Three answers to cold mails, each of another kind, and three mails to a support: what a rehearsal
finds in the inbox."""

from typing import Any

JSON = dict[str, Any]

THREADS: list[JSON] = [
    {
        "thread_id": "thr_sample_1",
        "message_id": "msg_sample_1b",
        "from_email": "maya.chen@northwind-freight.example",
        "from_name": "Maya Chen",
        "to": ["alex@example.com"],
        "subject": "Re: after the Series B",
        "date": "2026-11-19T09:12:04+01:00",
        "text": "Hi Alex,\n\nGood timing. We are looking at exactly this for Q1: three of my people "
        "do nothing but copy bookings into NetSuite. Could you show me how it works on Tuesday "
        "or Wednesday, after 14:00?\n\nMaya",
        "labels": ["INBOX", "UNREAD"],
        "message_ids": ["<op-1@example.com>", "<re-1@northwind-freight.example>"],
    },
    {
        "thread_id": "thr_sample_2",
        "message_id": "msg_sample_2b",
        "from_email": "jonas.weber@alpenglow.example",
        "from_name": "Jonas Weber",
        "to": ["alex@example.com"],
        "subject": "Automatic reply: 14 shops, one stock list",
        "date": "2026-11-19T10:40:51+01:00",
        "text": "Thank you for your message. I am out of the office until 30 November and read mail "
        "only now and then. In urgent cases please turn to dispatch@alpenglow.example.",
        "labels": ["INBOX", "UNREAD"],
        "message_ids": ["<op-2@example.com>", "<re-2@alpenglow.example>"],
    },
    {
        "thread_id": "thr_sample_3",
        "message_id": "msg_sample_3b",
        "from_email": "priya.natarajan@brightline-clinics.example",
        "from_name": "Priya Natarajan",
        "to": ["alex@example.com"],
        "subject": "Re: rotas after months of growth",
        "date": "2026-11-19T16:03:27+00:00",
        "text": "Please take me off your list. We don't buy from cold emails.\n\nPriya",
        "labels": ["INBOX", "UNREAD"],
        "message_ids": ["<op-3@example.com>", "<re-3@brightline-clinics.example>"],
    },
]


def _to_support(number: int, name: str, address: str, subject: str, text: str) -> JSON:
    return {
        "thread_id": f"thr_support_{number}",
        "message_id": f"msg_support_{number}",
        "from_email": address,
        "from_name": name,
        "to": ["support@example.com"],
        "subject": subject,
        "date": f"2026-11-19T08:1{number}:00+01:00",
        "text": text,
        "labels": ["INBOX", "UNREAD", "support"],
        "message_ids": [f"<ask-{number}@{address.rpartition('@')[2]}>"],
    }


SUPPORT: list[JSON] = [
    _to_support(
        1,
        *("Maya Chen", "maya.chen@northwind-freight.example", "Nobody gets in"),
        "Hello,\n\nsince this morning none of us can sign in. The page says that our session is over, "
        "again and again, and our drivers wait.\n\nMaya",
    ),
    _to_support(
        2,
        *("Jonas Weber", "jonas.weber@alpenglow.example", "October, twice"),
        "Hello,\n\nour card was charged twice for October. Please send one of the two back.\n\nJonas",
    ),
    _to_support(
        3,
        *("Priya Natarajan", "priya.natarajan@brightline-clinics.example", "A larger plan"),
        "Hello,\n\nwe will be 40 people from January on. What would a plan for that many cost?\n\nPriya",
    ),
]


def inbox(given: JSON) -> JSON:
    """What a search finds: mails to the support where it asks for those."""
    asked = f"{given.get('query', '')} {given.get('folder', '')}".lower()
    found = SUPPORT if "support" in asked else THREADS
    return {
        "threads": [
            {"thread_id": thread["thread_id"], "snippet": thread["text"].replace("\n", " ")[:80]}
            for thread in found
        ]
    }


def thread(given: JSON) -> JSON:
    """The thread asked for, or the first one."""
    asked = given.get("thread_id")
    known = [*THREADS, *SUPPORT]
    return next((thread for thread in known if thread["thread_id"] == asked), THREADS[0])


def labelled(given: JSON) -> JSON:
    """The labels asked for, put on."""
    labels = [given.get("label") or "Maestro/interested", *(given.get("also") or [])]
    return {"thread_id": given.get("thread_id") or "thr_sample_1", "labels": labels}
