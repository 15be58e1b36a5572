"""The vault: what must be kept but never shown. Values go in here and come out for a call alone.

Each version is encrypted by itself, under a fresh nonce, and bound to its workspace, name
and number: a row moved elsewhere does not open.
"""

import json
from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, RestrictedError
from django.utils import timezone

from maestro.cleaning import clean
from maestro.errors import InUse, InvalidInput, Misconfigured, NotFound
from maestro.uses import Use, use_by

from .audit import record
from .cipher import Sealed, seal, unseal
from .hosts import checked_hosts
from .models import Secret, SecretVersion, Workspace

MIN_LENGTH = 8  # anything shorter is masked out of texts it only happens to be part of
MAX_LENGTH = 64 * 1024
EXACTNESS_OF_LAST_USE = timedelta(minutes=1)


@transaction.atomic
def set_secret(
    workspace: Workspace,
    name: str,
    value: str,
    *,
    by: str,
    description: str | None = None,
    hosts: Iterable[str] | None = None,
) -> Secret:
    """Keep `value` as the newest version of the secret of that name, made if there is none.

    `hosts` is where it may be sent; None leaves what is said of it, as with `description`. Spaces
    and line breaks around the value are cut off. InvalidInput when it is too short or too long or
    the name is no slug; Misconfigured when the vault has no key.
    """
    value = _checked(value)
    secret = _locked(workspace, name)
    _say(secret, description, hosts)
    _add_version(secret, value, by)
    return secret


@transaction.atomic
def describe_secret(
    secret: Secret,
    description: str | None = None,
    *,
    by: str,
    hosts: Iterable[str] | None = None,
) -> Secret:
    """Say what a secret is for and where it may be sent; its value stays."""
    _say(secret, description, hosts)
    told = {"name": secret.name, "hosts": secret.hosts}
    record(secret.workspace, by, "secret.described", secret, told)
    return secret


def delete_secret(secret: Secret, *, by: str) -> None:
    """Delete a secret with all its versions; InUse while an orchestra's slot is bound to it."""
    try:
        with transaction.atomic():
            record(secret.workspace, by, "secret.deleted", secret, {"name": secret.name})
            secret.delete()
    except (RestrictedError, IntegrityError):
        used_by = uses_of(secret)
        if not used_by:
            raise
        names = ", ".join(use["name"] for use in used_by)
        raise InUse(f"{secret} is bound by {names}; bind another first", used_by=used_by) from None


def uses_of(secret: Secret) -> list[Use]:
    """What is asked or signed with the secret: orchestras that bind it, MCP servers, and webhooks."""
    bindings = secret.bindings.select_related("orchestra").order_by("orchestra__name", "slot")
    orchestras = dict.fromkeys(binding.orchestra for binding in bindings)
    servers = secret.mcp_servers.order_by("name")
    hooks = secret.hooks.order_by("url")
    return [use_by(row) for row in (*orchestras, *servers, *hooks)]


def read_secret(secret: Secret) -> str:
    """The newest value. NotFound when it has none; Misconfigured when the key does not open it."""
    newest = secret.versions.order_by("-version").first()
    if newest is None:
        raise NotFound(f"The secret {secret.name} has no value; set one.")
    sealed = Sealed(bytes(newest.nonce), bytes(newest.ciphertext))
    text = unseal(sealed, bound_to(secret, newest.version))
    if text is None:
        raise Misconfigured(
            f"The vault's key does not open {secret.name}: MAESTRO_SECRET_KEY is not the one it "
            "was kept under. Put that key back, or set the secret anew."
        )
    return text


def use_secret(secret: Secret) -> str:
    """The newest value for a call that needs it now; notes when, to the minute."""
    value, now = read_secret(secret), timezone.now()
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - EXACTNESS_OF_LAST_USE)
    if secret.last_used_at is None or secret.last_used_at < now - EXACTNESS_OF_LAST_USE:
        Secret.objects.filter(long_ago, pk=secret.pk).update(last_used_at=now)
    return value


@transaction.atomic
def note_test(secret: Secret, tests: list[dict[str, str]], *, version: int, by: str) -> Secret:
    """Keep what came of testing that version in each slot, as `Secret.tests` says. Of a value that
    was replaced meanwhile only the audit log tells."""
    kept = Secret.objects.select_for_update().get(pk=secret.pk)
    if newest_version(kept) == version:
        kept.tests, kept.last_tested_at = tests, timezone.now()
        kept.save(update_fields=["tests", "last_tested_at"])
    outcomes = [{name: test[name] for name in ("slot", "asked_by", "outcome")} for test in tests]
    told = {"name": kept.name, "version": version, "tests": outcomes}
    record(kept.workspace, by, "secret.tested", kept, told)
    return kept


def newest_version(secret: Secret) -> int:
    """The number of the value that counts now; 0 without any."""
    newest = secret.versions.order_by("-version").values_list("version", flat=True).first()
    return newest or 0


def _say(secret: Secret, description: str | None, hosts: Iterable[str] | None) -> None:
    if description is None and hosts is None:
        return
    secret.description = secret.description if description is None else description
    secret.hosts = secret.hosts if hosts is None else checked_hosts(hosts)
    clean(secret)
    secret.save(update_fields=["description", "hosts"])


def _locked(workspace: Workspace, name: str) -> Secret:
    """The secret of that name, made if there is none; of two deeds at once one waits here."""
    found = Secret.objects.filter(workspace=workspace, name=name)
    if not found.exists():
        new = Secret(workspace=workspace, name=name)
        try:
            clean(new)
        except InvalidInput:
            if not found.exists():  # else another one made it meanwhile
                raise
        Secret.objects.bulk_create([new], ignore_conflicts=True)
    return found.select_for_update().get()


def _add_version(secret: Secret, value: str, by: str) -> None:
    version = newest_version(secret) + 1
    sealed = seal(value, bound_to(secret, version))
    SecretVersion.objects.create(
        secret=secret,
        version=version,
        nonce=sealed.nonce,
        ciphertext=sealed.ciphertext,
        created_by=by[:200],
    )
    secret.tests, secret.last_tested_at = [], None  # nobody has tried this one
    secret.save(update_fields=["tests", "last_tested_at"])
    told = {"name": secret.name, "version": version}
    record(secret.workspace, by, "secret.set", secret, told)


def _checked(value: str) -> str:
    value = value.strip()
    if not MIN_LENGTH <= len(value) <= MAX_LENGTH:
        lengths = f"{MIN_LENGTH} to {MAX_LENGTH:,} characters"
        raise InvalidInput(f"A secret has {lengths}", fields={"value": [f"Has {lengths}."]})
    try:
        value.encode()
    except UnicodeEncodeError:
        message = "A secret is text; this one holds half a surrogate pair"
        raise InvalidInput(message, fields={"value": ["Is not text."]}) from None
    return value


def bound_to(secret: Secret, version: int) -> bytes:
    """Associated data in a form that no two triples share."""
    return json.dumps([secret.workspace_id, secret.name, version]).encode()
