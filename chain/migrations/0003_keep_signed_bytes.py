"""Keep the bytes of what is on its way as attempts."""

from django.db import migrations
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes


def keep_bytes(apps, _editor):
    """Make an attempt of each call that is signed; count no reverts."""
    calls = apps.get_model("chain", "OutboundCall")
    calls.objects.update(reverts=0)
    attempts = apps.get_model("chain", "Attempt")
    for call in calls.objects.exclude(nonce=None).iterator():
        if not call.raw:
            continue
        fields = TypedTransaction.from_bytes(HexBytes(bytes(call.raw))).as_dict()
        attempts.objects.create(
            call=call,
            lane=call.lane,
            nonce=call.nonce,
            raw=bytes(call.raw),
            tx_hash=call.tx_hash,
            most_wei=fields["maxFeePerGas"],
            tip_wei=fields["maxPriorityFeePerGas"],
            made_at=call.sent_at or call.created_at,
            sent_at=call.sent_at,
        )


class Migration(migrations.Migration):
    dependencies = [("chain", "0002_a_call_has_attempts")]

    operations = [migrations.RunPython(keep_bytes, migrations.RunPython.noop)]
