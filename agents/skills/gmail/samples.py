"""Three answers to cold mails, each of another kind: what a rehearsal finds in the inbox."""

from typing import Any

JSON = dict[str, Any]

THREADS: list[JSON] = [
    {
        "thread_id": "thr_sample_1",
        "message_id": "msg_sample_1b",
        "from_email": "maya.chen@northwind-freight.example",
        "from_name": "Maya Chen",
        "to": ["alex@example.com"],
        "subject": "Re: Your four open analyst roles",
        "date": "2026-11-19T09:12:04+01:00",
        "text": "Hi Alex,\n\nGood timing. We are looking at exactly this for Q1: three of my analysts "
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
        "subject": "Automatic reply: The second warehouse in Linz",
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
        "subject": "Re: 24 % more people, the same rota sheet?",
        "date": "2026-11-19T16:03:27+00:00",
        "text": "Please take me off your list. We don't buy from cold emails.\n\nPriya",
        "labels": ["INBOX", "UNREAD"],
        "message_ids": ["<op-3@example.com>", "<re-3@brightline-clinics.example>"],
    },
]

INBOX: JSON = {
    "threads": [
        {"thread_id": thread["thread_id"], "snippet": thread["text"].replace("\n", " ")[:80]}
        for thread in THREADS
    ]
}


def thread(given: JSON) -> JSON:
    """The thread asked for, or the first one."""
    asked = given.get("thread_id")
    return next((thread for thread in THREADS if thread["thread_id"] == asked), THREADS[0])


def labelled(given: JSON) -> JSON:
    """The labels asked for, put on."""
    labels = [given.get("label") or "Maestro/interested", *(given.get("also") or [])]
    return {"thread_id": given.get("thread_id") or "thr_sample_1", "labels": labels}
