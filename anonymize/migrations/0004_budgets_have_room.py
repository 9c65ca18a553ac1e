"""Half of each page of budgets stays empty on PostgreSQL, so that a debit moves no index."""

from collections.abc import Callable

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _filled(percent: int) -> Callable[..., None]:
    def fill(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE anonymize_privacybudget SET (fillfactor = {percent})")

    return fill


class Migration(migrations.Migration):
    dependencies = [("anonymize", "0003_builds_in_parts")]
    operations = [migrations.RunPython(_filled(45), _filled(100))]
