"""Noise is drawn at most once for one charge, whoever is killed when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anonymize import answering, building
from anonymize.models import PrivacyBudget, Release
from chain import reading
from chain.domain.calls import Block
from tests.factories import anonymize as factory
from work import asking
from work.claiming import claim
from work.errors import LeaseLost
from work.models import WorkRow

pytestmark = pytest.mark.django_db

TASK = "anonymize.tasks.build_release"


@pytest.fixture
def charged():
    return factory.make_release(factory.make_dataset(), state=Release.State.CHARGED)


@pytest.fixture
def lease(charged):
    asking.ask(task=TASK, reference=str(charged.id), queue="builder")
    return claim(
        task=TASK, reference=str(charged.id), length=timedelta(minutes=1), at=timezone.now()
    )


def test_only_one_builder_passes_the_fence(charged):
    answering.pass_the_fence(charged)
    with pytest.raises(LeaseLost):
        answering.pass_the_fence(charged)


def test_a_build_that_died_while_drawing_is_spent_and_never_draws_again(charged, lease):
    Release.objects.update(state=Release.State.DRAWING)
    building.build(lease)
    charged.refresh_from_db()
    assert (charged.state, charged.failure) == (Release.State.SPENT, "draw_interrupted")
    assert WorkRow.objects.get().state == WorkRow.State.DONE


def test_too_few_drivers_end_the_build_and_cost_nobody_anything(charged, lease, monkeypatch):
    Release.objects.update(state=Release.State.PLANNED)
    block = Block(number=7, hash="0x" + "11" * 32, at=timezone.now())
    monkeypatch.setattr(reading, "head", lambda: block)
    building.build(lease)
    charged.refresh_from_db()
    assert (charged.state, charged.failure) == (Release.State.FAILED, "too_few_drivers")
    assert not PrivacyBudget.objects.exists()


def test_a_build_that_was_done_is_left_alone(charged, lease):
    Release.objects.update(state=Release.State.PUBLISHED)
    building.build(lease)
    charged.refresh_from_db()
    assert charged.state == Release.State.PUBLISHED
    assert WorkRow.objects.get().state == WorkRow.State.DONE
