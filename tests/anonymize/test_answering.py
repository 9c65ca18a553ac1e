"""A build draws at most once for one charge, and waits while the market is halted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anonymize import answering, building, drawing, publishing, tasks
from anonymize.models import Contribution, PrivacyBudget, Release
from chain import reading, standing
from chain.domain.calls import Block
from chain.errors import MarketHalted
from chain.models import OutboundCall
from storage.models import SealedObject
from tests.factories import anonymize as factory
from work import asking, doing
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


@pytest.mark.parametrize("door", [building.build, drawing.merge])
def test_a_build_that_died_while_drawing_is_spent_and_never_draws_again(charged, lease, door):
    Release.objects.update(state=Release.State.DRAWING)
    door(lease)
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


@pytest.mark.parametrize("state", [Release.State.PLANNED, Release.State.CHARGED])
def test_while_the_market_is_halted_a_build_waits_where_it_stood(charged, monkeypatch, state):
    Release.objects.update(state=state)
    row = asking.ask(task=TASK, reference=str(charged.id), queue="builder")
    WorkRow.objects.update(attempts=doing.MAX_ATTEMPTS - 1)
    monkeypatch.setattr(standing, "is_halted", lambda: True)
    for _ in range(2):
        WorkRow.objects.update(due_at=timezone.now())
        tasks.build_release(str(charged.id))
    charged.refresh_from_db()
    row.refresh_from_db()
    assert (charged.state, row.state, row.last_error) == (state, "open", "market_halted")
    assert row.attempts == doing.MAX_ATTEMPTS - 1
    assert not Contribution.objects.exists()


def test_a_charged_build_draws_once_after_the_halt(charged, lease, monkeypatch):
    drawn = []
    monkeypatch.setattr(answering, "keep", lambda **facts: drawn.append(facts["release"].id))
    monkeypatch.setattr(standing, "is_halted", lambda: True)
    with pytest.raises(MarketHalted):
        drawing.merge(lease)
    monkeypatch.setattr(standing, "is_halted", lambda: False)
    drawing.merge(lease)
    assert drawn == [charged.id]
    assert not Contribution.objects.exists()  # the charge of before the halt is the only one


def test_a_drawn_release_waits_with_its_publication(charged, lease, monkeypatch):
    monkeypatch.setattr(standing, "is_halted", lambda: True)
    sealed = SealedObject.objects.create(
        cid="b", size_bytes=1, envelope_version=1, state=SealedObject.State.PINNED
    )
    Release.objects.update(state=Release.State.DRAWN, sealed=sealed)
    with pytest.raises(MarketHalted):
        publishing.publish(lease)
    assert not OutboundCall.objects.exists()


def test_a_build_that_was_done_is_left_alone(charged, lease):
    Release.objects.update(state=Release.State.PUBLISHED)
    building.build(lease)
    charged.refresh_from_db()
    assert charged.state == Release.State.PUBLISHED
    assert WorkRow.objects.get().state == WorkRow.State.DONE
