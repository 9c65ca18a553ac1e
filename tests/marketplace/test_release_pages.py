"""The pages of a release: its figures in words, its card, and what is sold again."""

import pytest
from django.utils import timezone

from anonymize import cohorts
from anonymize.domain import products, queries, telling
from anonymize.models import Release
from marketplace import requesting
from marketplace.models import DataRequest
from tests.factories import anonymize as factory
from tests.marketplace.asked import EVERY_KIND, asked

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def release():
    """Put a release of a question on sale."""

    def sell(spec):
        columns = [column for column, _ in telling.columns(queries.plan_of(spec))]
        return factory.make_release(
            factory.make_dataset(**spec),
            state=Release.State.PUBLISHED,
            cohort_noised=5_000,
            published_at=timezone.now(),
            manifest={"window": spec["windows"], "columns": columns},
            manifest_digest="0x" + "ab" * 32,
        )

    return sell


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_figure_is_told(client, release, language):
    client.cookies["django_language"] = language
    row = release(asked(*EVERY_KIND))
    page = client.get(f"/catalogue/{row.id}").content.decode()
    words = {
        "en": ("variance of outside temperature", "harsh events per 100 km", "10% quantile"),
        "zh-hans": ("车外温度的方差", "100 km", "10% 分位数"),
    }
    for text in (*words[language], "°C²", "soh_p90"):
        assert text in page
    assert client.get("/catalogue").status_code == 200
    assert client.get("/").status_code == 200


def test_a_release_of_a_standard_product_carries_its_card(client, release):
    row = release(products.spec_of("battery_ageing", ["2026-10"]))
    page = client.get(f"/catalogue/{row.id}").content.decode()
    assert "What it cannot tell" in page
    assert "compare within a model" in page


def test_a_release_of_another_question_has_no_card(client, release):
    page = client.get(f"/catalogue/{release(asked(*EVERY_KIND)).id}").content.decode()
    assert "What it cannot tell" not in page


def test_the_ends_of_intervals_have_no_lines_of_their_own(client, release):
    page = client.get(f"/catalogue/{release(asked(*EVERY_KIND)).id}").content.decode()
    assert "<code>heat</code>" in page
    assert "heat_low" not in page


@pytest.fixture
def approved(request_row, admin):
    requesting.decide(
        request_id=request_row.id,
        admin=admin,
        decision="approve",
        reason_code="in_order",
        reason="Useful for planning, and moderate in what it costs.",
        at=timezone.now(),
    )
    row = DataRequest.objects.get()
    assert row.dataset is not None
    type(row.dataset).objects.update(state=row.dataset.State.READY)
    return row


def test_the_desk_offers_a_build_of_what_was_not_answered(as_admin, approved):
    page = as_admin.get(f"/review/{approved.id}").content.decode()
    assert "Build a release" in page
    assert "Answered already" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_says_what_is_answered_already_and_offers_no_build(as_admin, approved, language):
    as_admin.cookies["django_language"] = language
    stored = factory.make_release(
        approved.dataset,
        state=Release.State.PUBLISHED,
        published_at=timezone.now(),
        question_sha256=cohorts.question_sha256(approved.dataset, []),
    )
    page = as_admin.get(f"/review/{approved.id}").content.decode()
    assert {"en": "costs no driver anything", "zh-hans": "不再消耗"}[language] in page
    assert f"/catalogue/{stored.id}" in page
    assert {"en": "Build a release", "zh-hans": "生成发布结果"}[language] not in page


def test_a_check_by_machine_is_told_in_words(as_admin, request_row):
    page = as_admin.get(f"/review/{request_row.id}").content.decode()
    assert "rho 0.10" in page
    assert "would be refused" in page
