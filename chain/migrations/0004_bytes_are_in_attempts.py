"""Take the bytes out of the calls: they are in the attempts now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chain", "0003_keep_signed_bytes")]

    operations = [migrations.RemoveField("outboundcall", "raw")]
