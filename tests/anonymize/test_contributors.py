"""The contributors of a release are published whole, in the order of the leaves."""

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from anonymize.models import Release
from payouts.opening import open_pool
from protocol import merkle
from tests.factories import anonymize as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    return factory.make_release(
        factory.make_dataset(), state=Release.State.PUBLISHED, published_at=timezone.now()
    )


@pytest.fixture
def pool(release, driver, other_driver):
    people = [(factory.address(), driver), (factory.address(), other_driver)]
    return open_pool(
        release_id=release.id,
        dataset_id=release.dataset_id,
        title=release.dataset.title,
        addresses=[*people, (factory.address(), driver)],
        pool_per_sale_units=1_000,
    )


def door(release):
    return f"/api/v1/releases/{release.id}/contributors"


def told(answer):
    return json.loads(b"".join(answer.streaming_content))


def test_the_list_needs_no_account_and_has_the_root_that_is_on_the_chain(anybody, release, pool):
    answer = anybody.get(door(release))
    body = told(answer)
    shares = [merkle.Share(**row) for row in body["contributors"]]
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert "0x" + merkle.root(shares).hex() == body["root"] == pool.root
    assert sum(share.weight for share in shares) == body["total_weight"] == 3
    assert (body["object"], body["id"]) == ("contributors", str(release.id))


def test_the_list_says_nothing_but_address_and_share(anybody, release, pool):
    rows = told(anybody.get(door(release)))["contributors"]
    assert {tuple(row) for row in rows} == {("address", "start", "weight")}


def test_whoever_has_the_list_need_not_fetch_it_again(anybody, release, pool):
    first = anybody.get(door(release))
    assert "immutable" in first["Cache-Control"]
    again = anybody.get(door(release), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])


def test_a_list_stays_whole_when_a_driver_has_gone(anybody, release, pool, driver):
    pool.shares.filter(driver=driver).update(driver=None)
    assert len(told(anybody.get(door(release)))["contributors"]) == 3


def test_a_release_that_is_not_published_has_no_list_yet(anybody, release, pool):
    Release.objects.update(state=Release.State.DRAWN)
    assert anybody.get(door(release)).status_code == 404
    assert anybody.get(f"/api/v1/releases/{uuid4()}/contributors").status_code == 404


def test_a_release_says_where_its_list_is(anybody, release, pool):
    shown = anybody.get(f"/api/v1/releases/{release.id}").data
    assert shown["contributors_url"] == door(release)
