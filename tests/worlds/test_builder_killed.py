"""The builder's process is killed at random: no charge is drawn for twice, and all builds end."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from anonymize.models import BuildPart, PrivacyBudget, Release
from stack.places import ROOT
from tests.anonymize import crowd
from tests.factories import anonymize as factory
from tests.factories import keys
from work.models import WorkRow

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in django_settings.DATABASES["default"]["ENGINE"],
        reason="two processes share no database in memory: run make test-postgres",
    ),
]

RELEASES, KILLS, LONGEST_S = 3, 4, 240
LONGEST_LIFE_S = 1.5


def test_a_builder_killed_at_random_never_draws_twice(ipfs_node, tmp_path, settings):
    crowd.make_crowd()
    for cid, block in ipfs_node.blocks.items():
        (tmp_path / cid).write_bytes(block)
    dataset = factory.make_dataset(rho_cap_micro=10_000_000, min_cohort=10)
    releases = [crowd.planned_release(dataset) for _ in range(RELEASES)]
    chance = np.random.default_rng(7)
    kills, until = 0, time.monotonic() + LONGEST_S

    while WorkRow.objects.filter(state="open", queue="builder").exists():
        assert time.monotonic() < until, "the builds do not end"
        WorkRow.objects.update(due_at=timezone.now(), leased_until=None)  # leases ran out
        builder = subprocess.Popen(
            [sys.executable, "-m", "tests.worlds.building_apart", str(tmp_path)],
            cwd=ROOT,
            env=environment(settings, tmp_path),
        )
        if kills < KILLS:
            wait_for(tmp_path / f"started-{builder.pid}", until)
            time.sleep(float(chance.uniform(0, LONGEST_LIFE_S)))
            kills += builder.poll() is None
            builder.kill()
        builder.wait(30)

    ended = [Release.objects.get(id=one.id) for one in releases]
    answered = [one for one in ended if one.state == Release.State.DRAWN]
    spent = [one for one in ended if one.state == Release.State.SPENT]
    draws = (tmp_path / "draws").read_text().count("drawn")
    assert kills >= 1
    assert len(answered) + len(spent) == RELEASES
    assert len(answered) <= draws <= RELEASES
    assert crowd.charges() == crowd.DRIVERS * RELEASES
    rho = sum(one.rho_micro for one in ended)
    assert set(PrivacyBudget.objects.values_list("spent_rho_micro", flat=True)) == {rho}
    assert not BuildPart.objects.exists()


def wait_for(file, until):
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.02)


def environment(settings, folder):
    at = connection.settings_dict
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
        "BUILDER_PRIVATE_KEY": keys.BUILDER.private.hex(),
        "BUILDER_PUBLIC_FILE": str(settings.BUILDER_PUBLIC_FILE),
        "ODOMETER_VAR": str(folder),
        "PRIVACY_WINDOW_CAP_RHO_MICRO": "1000000",  # all releases fit
    }
