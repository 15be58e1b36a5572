"""What is read of a mail, whatever else it carries. RFC 2045 to 2047, RFC 2231, RFC 3464."""

from email import message_from_string

from agents.skills.email.text import own_text

BOUNCE = """Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Unzustellbar, Gr=FC=DFe
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; ada@x.example

--b
Content-Type: message/rfc822

Subject: Your roles
Content-Type: text/plain

Are you interested?
--b
Content-Type: text/plain
Content-Disposition: attachment; filename*=utf-8''notizen%20%C3%BC.txt

a file
--b--
"""
PAGE = """Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

--b
Content-Type: text/html; charset=utf-8

<p>Tuesday?</p><script>no()</script>
--b--
"""


def test_of_a_bounce_the_notice_is_read_and_not_the_mail_it_gives_back() -> None:
    assert own_text(message_from_string(BOUNCE)).strip() == "Unzustellbar, Grüße"


def test_where_the_plain_text_is_empty_the_page_is_read() -> None:
    assert own_text(message_from_string(PAGE)) == "Tuesday?"
