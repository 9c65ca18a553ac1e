"""Stage one in parts gives what one process gives, and keeps nothing in the clear."""

import random  # noqa: TID251 - seeded, for a test
from uuid import UUID

import pytest
from django.utils import timezone

from anonymize import building, drawing, parting
from anonymize.domain import cells, contributions, queries
from anonymize.models import BuildPart, Release
from registry.models import Vehicle
from storage import keeping
from storage.errors import NotTheBuilder, WrongBytes
from storage.models import SealedObject, Upload
from tests.anonymize import crowd
from tests.anonymize.making import first
from tests.factories.storage import make_pinned_upload
from work.models import WorkRow

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("builder_process", "ipfs_node"),
]

BUILD = "anonymize.tasks.build_release"


@pytest.fixture
def release(monkeypatch, work_through, most):
    crowd.all_consent(monkeypatch)
    monkeypatch.setattr(parting.split, "__defaults__", (most,))
    crowd.make_crowd()
    release = crowd.planned_release()
    work_through(BUILD)
    release.refresh_from_db()
    return release


@pytest.fixture
def most():
    return 4


def vector_of(release):
    query = queries.plan_of(release.dataset.spec)
    return cells.encode(drawing.bounded_of(release, query, first), cells.layout_of(query))


def vector_in_one_process(release):
    """The exact vector straight from every file, one driver after the other."""
    query = queries.plan_of(release.dataset.spec)
    held = {}
    for driver in sorted(release.contributions.values_list("driver_id", flat=True), key=str):
        own = Upload.objects.filter(driver=driver).values_list("id", flat=True)
        uploads = [str(one) for one in own]
        table = building.sums_of(BuildPart(release=release, uploads=uploads))
        if table.width:
            held[str(driver)] = table.drop(contributions.DRIVER)
    return cells.encode(contributions.bound(held, query, first), cells.layout_of(query))


@pytest.mark.parametrize("most", [1, 2, 5, 64])
def test_every_split_gives_the_vector_of_one_process(release, work_through, most):
    work_through(parting.PART_TASK)
    for part in release.parts.all():
        cars = Upload.objects.filter(id__in=part.uploads).values("vehicle").distinct()
        assert len(part.uploads) <= most or cars.count() == 1
    assert sum(vector_of(release)) != 0
    assert vector_of(release) == vector_in_one_process(release)


@pytest.mark.parametrize("most", [64])
def test_rows_of_vehicles_that_are_summed_together_give_what_each_gives(release, monkeypatch):
    part = release.parts.get()
    together = building.sums_of(part)
    monkeypatch.setattr(building, "_ROWS_TOGETHER", 1)
    assert building.sums_of(part).equals(together)
    assert together.height


@pytest.mark.parametrize("most", [64])
def test_bytes_that_stay_damaged_are_waited_for_and_then_left_out(release, ipfs_node, work_through):
    held = SealedObject.objects.get(id=release.parts.get().uploads[0])
    ipfs_node.damaged.add(held.cid)
    part = release.parts.get()
    with pytest.raises(WrongBytes):
        building.sums_of(part)
    row = WorkRow.objects.filter(task=parting.PART_TASK)
    row.update(attempts=building._TRIES_FOR_DAMAGED - 1)
    work_through(parting.PART_TASK)
    part.refresh_from_db()
    others = [one for one in part.uploads if one != str(held.id)]
    apart = BuildPart(release=release, uploads=others)
    assert parting.read(part).equals(building.sums_of(apart))


def test_progress_counts_parts_and_the_last_one_makes_the_merge_due(release, work_through):
    assert (release.state, release.steps_of) == (Release.State.CHARGED, release.parts.count())
    rows = WorkRow.objects.filter(task=parting.PART_TASK)
    for done, row in enumerate(rows, start=1):
        assert not WorkRow.objects.filter(task=parting.MERGE_TASK).exists()
        work_one(row)
        release.refresh_from_db()
        assert release.steps_done == done
    assert WorkRow.objects.get(task=parting.MERGE_TASK).queue == "builder"


def test_parts_are_dropped_with_the_answer(release, work_through):
    work_through(parting.PART_TASK)
    work_through(parting.MERGE_TASK)
    release.refresh_from_db()
    assert release.state == Release.State.DRAWN
    assert not BuildPart.objects.exists()
    assert crowd.charges() == crowd.DRIVERS


def test_only_the_builder_reads_a_part(release, work_through, settings):
    work_through(parting.PART_TASK)
    part = release.parts.first()
    kept = bytes(part.sealed) + part.wrapped_key.encode()
    table = parting.read(part)
    for driver in table[contributions.DRIVER]:
        assert driver.encode() not in kept
    settings.BUILDER_PRIVATE_KEY = ""
    with pytest.raises(NotTheBuilder):
        parting.read(part)


def test_a_part_that_fails_is_tried_again_alone(release, work_through, monkeypatch):
    failing = release.parts.order_by("number")[1]
    sums_of = building.sums_of
    made = []

    def fails_once(part, **how):
        made.append(part.number)
        if part.id == failing.id and made.count(part.number) == 1:
            raise MemoryError
        return sums_of(part, **how)

    monkeypatch.setattr(building, "sums_of", fails_once)
    rows = WorkRow.objects.filter(task=parting.PART_TASK)
    for row in rows.order_by("created_at"):
        if row.reference == str(failing.id):
            with pytest.raises(MemoryError):
                work_one(row)
        else:
            work_one(row)
    assert not WorkRow.objects.filter(task=parting.MERGE_TASK).exists()
    rows.update(due_at=timezone.now())
    assert work_through(parting.PART_TASK) == 1
    assert {number: made.count(number) for number in made}[failing.number] == 2
    assert len(made) == release.steps_of + 1
    assert WorkRow.objects.filter(task=parting.MERGE_TASK).exists()


def test_an_upload_erased_after_its_part_was_made_is_not_in_the_answer(release, work_through):
    work_through(parting.PART_TASK)
    before = vector_of(release)
    keeping.shred(Upload.objects.order_by("driver_id")[0], at=timezone.now())
    assert vector_of(release) != before
    assert vector_of(release) == vector_in_one_process(release)


def test_a_part_that_its_builder_can_no_longer_read_is_made_again(release, work_through):
    work_through(parting.PART_TASK)
    before = vector_of(release)
    BuildPart.objects.update(key_id="builder-0")
    assert vector_of(release) == before


def test_what_a_car_tells_twice_counts_once(release, work_through):
    vehicle = Vehicle.objects.all()[0]
    same = crowd.content(random.Random(7))
    once = make_pinned_upload(vehicle.driver, vehicle, same)
    again = make_pinned_upload(vehicle.driver, vehicle, same)
    part = BuildPart(release=release, uploads=[str(once.id)])
    both = BuildPart(release=release, uploads=[str(once.id), str(again.id)])
    assert building.sums_of(both).equals(building.sums_of(part))


def test_a_driver_is_split_only_when_larger_than_a_part():
    ids = [UUID(int=number) for number in range(1, 30)]
    few = [(ids[0], ids[10], ids[20]), (ids[1], ids[11], ids[21]), (ids[1], ids[11], ids[22])]
    many = [(ids[2], ids[12], ids[23]), (ids[2], ids[13], ids[24]), (ids[2], ids[13], ids[25])]
    groups = list(parting.split([*few, *many], most=2))
    assert groups == [[ids[20]], ids[21:23], [ids[23]], ids[24:26]]


def test_a_vehicle_is_never_split():
    ids = [UUID(int=number) for number in range(1, 30)]
    others = [(ids[0], ids[10], ids[20]), (ids[2], ids[13], ids[28])]
    daily = [(ids[1], ids[11], one) for one in ids[21:26]]
    second = [(ids[1], ids[12], ids[26]), (ids[1], ids[12], ids[27])]
    groups = list(parting.split([others[0], *daily, *second, others[1]], most=2))
    assert groups == [[ids[20]], ids[21:26], ids[26:28], [ids[28]]]


def test_what_a_car_with_many_files_tells_twice_counts_once(monkeypatch, work_through):
    crowd.all_consent(monkeypatch)
    monkeypatch.setattr(parting.split, "__defaults__", (2,))
    vehicle = crowd.make_crowd()[0].vehicles.get()
    told = crowd.content(random.Random(7))
    once, again = (build_with(vehicle, told, times, work_through) for times in (1, 4))
    query = queries.plan_of(once.dataset.spec)
    rows = [drawing.bounded_of(one, query, first)["rows"].sum() for one in (once, again)]
    assert rows[0] == rows[1] > 0


def build_with(vehicle, content, uploads, work_through):
    """A release whose parts are made, of one vehicle that handed the same file in so often."""
    for _ in range(uploads):
        make_pinned_upload(vehicle.driver, vehicle, content)
    release = crowd.planned_release()
    work_through(BUILD)
    work_through(parting.PART_TASK)
    release.refresh_from_db()
    return release


def work_one(row):
    from anonymize import tasks  # noqa: PLC0415 - the doors come after the fixtures' patches

    tasks.build_part(row.reference)


@pytest.mark.parametrize(("says", "label"), [(True, True), (False, False), (None, True)])
def test_no_vehicle_can_change_the_label_of_a_release(monkeypatch, work_through, says, label):
    """One driver's car said to be simulated must not show; where none is asked, it adds nothing."""
    crowd.all_consent(monkeypatch)
    Vehicle.objects.filter(driver=crowd.make_crowd()[0]).update(is_simulated=True)
    release = crowd.planned_release()
    asked = {**release.dataset.spec} | ({} if says is None else {"is_simulated": says})
    type(release.dataset).objects.filter(id=release.dataset_id).update(spec=asked)
    work_through(BUILD)
    release.refresh_from_db()
    used = {one for part in release.parts.all() for one in part.uploads}
    cars = Vehicle.objects.filter(uploads__id__in=used)
    assert release.is_simulated is label
    assert cars.filter(is_simulated=True).exists() is label


def test_without_a_word_and_off_the_development_chain_nothing_is_simulated(
    monkeypatch, work_through, settings
):
    settings.CHAIN_ID = 137
    crowd.all_consent(monkeypatch)
    Vehicle.objects.filter(driver__in=crowd.make_crowd()[:3]).update(is_simulated=True)
    release = crowd.planned_release()
    work_through(BUILD)
    release.refresh_from_db()
    assert not release.is_simulated
