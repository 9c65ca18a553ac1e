"""Objects are kept in every place, dropped in every place, and every place is looked at."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from registry.models import Driver, Vehicle
from storage import keeping, pin_audit, pinning, targets, tasks
from storage.errors import NodeDown, WrongBytes
from storage.models import PinAudit, SealedObject, Upload
from storage.targets import NodeTarget
from tests.factories.storage import cid_of, make_pinned_upload
from tests.fakes.ipfs import FakeNode
from work import asking
from work.models import WorkRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    """A second node that the settings name."""
    node = FakeNode()
    monkeypatch.setattr(targets, "mirrors", lambda: iter([NodeTarget("mirror", node)]))
    monkeypatch.setattr(targets, "has_mirrors", lambda: True)
    return node


@pytest.fixture
def upload(driver: Driver, vehicle: Vehicle, ipfs_node: FakeNode) -> Upload:
    """An upload that our own node keeps."""
    return make_pinned_upload(driver, vehicle)


@pytest.fixture
def mirrored(upload: Upload, mirror: FakeNode, work_through: Callable[..., int]) -> Upload:
    """The same, and the mirror keeps it too."""
    asking.ask(task=pinning.MIRROR_TASK, reference=str(upload.id))
    work_through(pinning.MIRROR_TASK)
    return upload


def due_again() -> None:
    WorkRow.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def erased(upload: Upload) -> None:
    SealedObject.objects.filter(id=upload.id).update(state="erased")
    asking.ask(task=tasks.UNPIN, reference=str(upload.id))


def audited() -> dict[str, PinAudit]:
    return {row.target: row for row in pin_audit.audit_now()}


def test_what_is_pinned_is_kept_by_the_mirror_too(mirrored, mirror, ipfs_node):
    assert mirror.pins == ipfs_node.pins == {cid_of(mirrored)}
    assert mirror.blocks == ipfs_node.blocks


def test_a_new_pin_asks_for_its_mirrors(upload, mirror, work_through):
    SealedObject.objects.update(state="kept")
    asking.ask(task=tasks.PIN, reference=str(upload.id))
    work_through(tasks.PIN)
    assert WorkRow.objects.get(task=pinning.MIRROR_TASK).reference == str(upload.id)


def test_without_mirrors_nothing_more_is_asked_for(upload, work_through):
    SealedObject.objects.update(state="kept")
    asking.ask(task=tasks.PIN, reference=str(upload.id))
    work_through(tasks.PIN)
    assert not WorkRow.objects.filter(task=pinning.MIRROR_TASK).exists()


def test_a_mirror_that_is_down_only_costs_time(upload, mirror, work_through):
    mirror.is_down = True
    asking.ask(task=pinning.MIRROR_TASK, reference=str(upload.id))
    work_through(pinning.MIRROR_TASK)
    assert WorkRow.objects.get().last_error == "ipfs_unavailable"
    assert Upload.objects.get().state == "pinned"
    mirror.is_down = False
    due_again()
    work_through(pinning.MIRROR_TASK)
    assert mirror.pins == {cid_of(upload)}


def test_what_is_erased_is_dropped_everywhere(mirrored, mirror, ipfs_node, work_through):
    erased(mirrored)
    work_through(tasks.UNPIN)
    assert mirror.blocks == ipfs_node.blocks == {}
    assert SealedObject.objects.get().unpinned_at is not None


def test_an_erasure_is_open_until_the_last_place_dropped_it(
    mirrored, mirror, ipfs_node, work_through
):
    mirror.is_down = True
    erased(mirrored)
    work_through(tasks.UNPIN)
    assert ipfs_node.blocks == {}
    assert SealedObject.objects.get().unpinned_at is None
    mirror.is_down = False
    due_again()
    work_through(tasks.UNPIN)
    assert mirror.blocks == {}
    assert SealedObject.objects.get().unpinned_at is not None


def test_what_was_erased_on_its_way_to_the_mirror_does_not_stay_there(
    upload, mirror, work_through, monkeypatch
):
    keep = mirror.add

    def slow(content: bytes) -> str:
        SealedObject.objects.update(state="erased")
        return keep(content)

    monkeypatch.setattr(mirror, "add", slow)
    asking.ask(task=pinning.MIRROR_TASK, reference=str(upload.id))
    work_through(pinning.MIRROR_TASK)
    assert mirror.blocks == {}


@pytest.mark.parametrize("fault", ["away", "damaged at its end", "breaks off"])
def test_what_one_place_cannot_give_another_does(mirrored, mirror, ipfs_node, fault):
    cid = cid_of(mirrored)
    whole = mirror.blocks[cid]
    ipfs_node.is_down = fault == "away"
    if fault == "damaged at its end":
        ipfs_node.liar_at[cid] = len(whole) - 1
    if fault == "breaks off":
        ipfs_node.cut_at[cid] = len(whole) // 2
    assert b"".join(keeping.pieces(mirrored.sealed, 7)) == whole[7:]
    mirror.is_down = True
    with pytest.raises(NodeDown if fault == "away" else WrongBytes):
        keeping.pieces(mirrored.sealed, 7)


def test_an_audit_of_whole_places_finds_everything_held(mirrored):
    for row in audited().values():
        assert (row.wanted, row.held, row.mended, row.lost, row.damaged) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("place", ["own node", "mirror"])
def test_what_one_place_lost_is_brought_back_from_the_other(mirrored, mirror, ipfs_node, place):
    node = {"own node": ipfs_node, "mirror": mirror}[place]
    node.pins.clear()
    node.blocks.clear()
    assert audited()[place].mended == 1
    assert b"".join(node.fetch(cid_of(mirrored)))
    assert audited()[place].held == 1


def test_bytes_that_are_nowhere_are_lost_and_the_command_says_so(mirrored, mirror, ipfs_node):
    for node in (mirror, ipfs_node):
        node.pins.clear()
        node.blocks.clear()
    assert {row.lost for row in audited().values()} == {1}
    with pytest.raises(SystemExit):
        call_command("mend_pins")


def test_damaged_bytes_are_replaced_from_a_whole_copy(mirrored, mirror, ipfs_node, monkeypatch):
    add = ipfs_node.add
    monkeypatch.setattr(
        ipfs_node, "add", lambda content: (ipfs_node.damaged.clear(), add(content))[1]
    )
    ipfs_node.damaged.add(cid_of(mirrored))
    assert audited()["own node"].damaged == 1
    assert b"".join(ipfs_node.fetch(cid_of(mirrored)))


def test_damaged_bytes_without_a_whole_copy_are_left_alone(upload, ipfs_node):
    ipfs_node.damaged.add(cid_of(upload))
    assert audited()["own node"].damaged == 1
    assert ipfs_node.pins == {cid_of(upload)}


def test_erased_bytes_that_came_back_are_dropped(mirrored, mirror, ipfs_node, work_through):
    content = ipfs_node.blocks[cid_of(mirrored)]
    erased(mirrored)
    work_through(tasks.UNPIN)
    mirror.add(content)
    assert audited()["mirror"].left_over == 1
    assert mirror.blocks == {}


def test_a_place_that_does_not_answer_is_named_and_stops_nothing(mirrored, mirror):
    mirror.is_down = True
    found = audited()
    assert not found["mirror"].is_reachable
    assert (found["own node"].is_reachable, found["own node"].held) == (True, 1)


def test_old_audits_are_forgotten(upload):
    audited()
    PinAudit.objects.update(created_at=timezone.now() - pin_audit.KEPT_FOR - timedelta(days=1))
    audited()
    assert PinAudit.objects.count() == 1


def test_however_often_the_clock_strikes_a_period_has_one_audit(upload, settings, work_through):
    settings.PIN_AUDIT_EVERY_S = 10**9
    tasks.ask_for_pin_audit()
    tasks.ask_for_pin_audit()
    assert work_through(tasks.AUDIT) == 1
    assert PinAudit.objects.count() == 1


def test_every_place_of_the_settings_is_named(settings, monkeypatch):
    monkeypatch.setattr("storage.ipfs.IpfsNode", lambda *_, **__: FakeNode())
    settings.IPFS_MIRRORS = ["/ip4/10.0.0.2/tcp/5001/http"]
    settings.PINNING_SERVICE_URL = "https://pins.example.org/psa"
    names = [target.name for target in targets.mirrors()]
    assert names == ["/ip4/10.0.0.2/tcp/5001/http", "pins.example.org"]
    assert targets.has_mirrors()
