"""Another key for the vault, while Maestro runs: every value is sealed anew, then the old key goes."""

from django.conf import settings
from django.db import connection, transaction

from maestro.errors import Misconfigured
from maestro.keys import keep_vault_keys, keys_in, new_key, vault_key_is_stored

from .audit import record
from .cipher import LOCK, Sealed, seal_with_first, unseal
from .models import SecretVersion, Workspace
from .vault import bound_to


def change_vault_key(*, by: str) -> int:
    """Seal every value under a new key; how many. Before that and after, everything opens.

    A key of the data folder is made and put in place here. One of the environment must have been put
    in front of the old one by the deployer (Misconfigured says how).
    """
    old: str = settings.MAESTRO_SECRET_KEY
    if not vault_key_is_stored() and len(keys_in(old)) < 2:
        raise Misconfigured(
            "The vault's key is set by MAESTRO_SECRET_KEY. Put a new one in front of it with a comma "
            "between (MAESTRO_SECRET_KEY=new,old), start everything anew with that, then call this again."
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        if vault_key_is_stored():
            keep_vault_keys([new_key(), *old.split(",")])
        number = _seal_anew()
        for workspace in Workspace.objects.all():
            record(workspace, by, "vault.key_changed", workspace, {})
    if vault_key_is_stored():
        keep_vault_keys(settings.MAESTRO_SECRET_KEY.split(",")[:1])
    return number


def _seal_anew() -> int:
    rows = SecretVersion.objects.select_related("secret").order_by("pk")
    number = 0
    for row in rows.iterator(200):
        bound = bound_to(row.secret, row.version)
        text = unseal(Sealed(bytes(row.nonce), bytes(row.ciphertext)), bound)
        if text is None:
            raise Misconfigured(f"None of the vault's keys opens {row}; nothing was changed.")
        sealed = seal_with_first(text, bound)
        SecretVersion.objects.filter(pk=row.pk).update(
            nonce=sealed.nonce, ciphertext=sealed.ciphertext
        )
        number += 1
    return number
