"""Trying a secret: each service that it is for is asked whether it takes it, and nothing is changed there."""

from .actions import try_environment, try_secret
from .filled import Filled, filled_by
from .mail_server import MailTest, try_mail_server

__all__ = [
    "Filled",
    "MailTest",
    "filled_by",
    "try_environment",
    "try_mail_server",
    "try_secret",
]
