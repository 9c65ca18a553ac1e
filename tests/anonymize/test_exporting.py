"""A driver learns which releases hold their numbers, and that those cannot be called back."""

import pytest
from django.utils import timezone

from anonymize import exporting
from anonymize.models import Contribution, Release
from registry.models import Erasure
from tests.factories import anonymize as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def releases(driver):
    dataset = factory.make_dataset()
    published = factory.make_release(
        dataset, state=Release.State.PUBLISHED, published_at=timezone.now()
    )
    spent = factory.make_release(dataset, state=Release.State.SPENT)
    for release in (published, spent):
        Contribution.objects.create(
            release=release, driver=driver, consent_address=factory.address()
        )
    return published, spent


def test_every_contribution_is_told_published_or_not(driver, other_driver, releases):
    told = list(exporting.releases(driver))
    assert [row["release_id"] for row in told] == [str(release.id) for release in releases]
    assert {row["state"] for row in told} == {"published", "spent"}
    assert not list(exporting.releases(other_driver))


def test_the_proof_of_an_erasure_names_what_was_published(driver, releases):
    testimony = exporting.what_stays(Erasure(driver=driver))
    assert testimony.is_done
    (row,) = testimony.proof["releases_that_stay"]
    assert row["release_id"] == str(releases[0].id)
    assert row["published_at"].endswith("Z")
