"""Let the cursor remember which contracts it has read, and how much a node answers at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chain", "0004_bytes_are_in_attempts")]

    operations = [
        migrations.AddField("indexercursor", "first_block", models.BigIntegerField(default=0)),
        migrations.AddField("indexercursor", "contracts", models.JSONField(default=list)),
        migrations.AddField("indexercursor", "width", models.PositiveIntegerField(default=500)),
    ]
