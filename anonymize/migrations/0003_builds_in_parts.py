"""Stage one in parts; a contribution is the charge."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef


def tell_when_they_were_charged(apps, _schema_editor):
    """A cohort was written down with its charge, so who has one was charged."""
    Release = apps.get_model("anonymize", "Release")
    cohorts = apps.get_model("anonymize", "Contribution").objects.filter(release=OuterRef("pk"))
    Release.objects.filter(Exists(cohorts)).update(charged_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('anonymize', '0002_releases_are_kept_as_the_chain_told_them'),
        ('registry', '0002_developers_hold_licence_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='charged_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='release',
            name='cohort_mark',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='release',
            name='question_sha256',
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.RunPython(tell_when_they_were_charged, migrations.RunPython.noop),
        migrations.DeleteModel(
            name='BudgetCharge',
        ),
        migrations.AddConstraint(
            model_name='contribution',
            constraint=models.UniqueConstraint(
                fields=('release', 'driver'), name='asked_once_per_driver'
            ),
        ),
        migrations.CreateModel(
            name='BuildPart',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('uploads', models.JSONField()),
                ('key_id', models.CharField(blank=True, max_length=60)),
                ('wrapped_key', models.TextField(blank=True)),
                ('sealed', models.BinaryField(null=True)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='anonymize.release')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('release', 'number'), name='one_part_per_number')],
            },
        ),
    ]
