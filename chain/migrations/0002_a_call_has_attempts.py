"""Give every signing its own row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chain", "0001_chain_begins")]

    operations = [
        migrations.AddField("turn", "misses", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "outboundcall", "contract", models.CharField(blank=True, max_length=60)
        ),
        migrations.AlterField(
            "outboundcall", "function", models.CharField(blank=True, max_length=60)
        ),
        migrations.AddField("outboundcall", "is_urgent", models.BooleanField(default=False)),
        migrations.AddField(
            "outboundcall",
            "waits_for",
            models.CharField(
                blank=True,
                choices=[
                    ("fee", "a lower fee, or a higher CHAIN_MAX_FEE_GWEI"),
                    ("funds", "money on the sender's account"),
                    ("node", "a person to read the node's words"),
                    ("stewards", "a steward to end the halt"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            "outboundcall", "genesis_hash", models.CharField(blank=True, max_length=66)
        ),
        migrations.AddField("outboundcall", "missed_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lane", models.CharField(max_length=42)),
                ("nonce", models.BigIntegerField()),
                ("raw", models.BinaryField()),
                ("tx_hash", models.CharField(db_index=True, max_length=66)),
                ("most_wei", models.BigIntegerField()),
                ("tip_wei", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("is_underpriced", models.BooleanField(default=False)),
            ],
        ),
        # The old counter stands in the way of the new rows' name.
        migrations.RenameField("outboundcall", "attempts", "reverts"),
        migrations.AddField(
            "attempt",
            "call",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="chain.outboundcall",
            ),
        ),
        migrations.AddIndex(
            "outboundcall", models.Index(fields=["lane", "nonce"], name="chain_call_lane")
        ),
    ]
