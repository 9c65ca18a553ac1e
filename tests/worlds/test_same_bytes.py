"""The same file or the same bytes more than once: each upload stands for itself."""

import pytest

from storage.models import SealedObject, Upload
from tests.factories.registry import make_vehicle
from tests.factories.storage import cid_of, seal_file
from tests.storage.test_upload_doors import announce, send
from tests.worlds.storing import content

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning"),
]


def _again(file, vehicle):
    """Return the same ciphertext as another upload: a driver's program could hand that in."""
    other = seal_file(vehicle.driver, vehicle)
    return type(file)(
        other.id, file.ciphertext, other.wrapped_builder, other.wrapped_driver, vehicle
    )


@pytest.mark.parametrize("first_gone", [0, 1])
def test_bytes_of_two_uploads_stay_until_both_are_erased(
    driver, vehicle, as_driver, door, work, own_node, first_gone
):
    file = seal_file(driver, vehicle, b"the same trip")
    pair = [file, _again(file, vehicle)]
    for one in pair:
        announce(as_driver, one)
        assert send(as_driver, one, one.ciphertext, 0).status_code == 204
    work()
    assert set(SealedObject.objects.values_list("state", "cid")) == {
        ("pinned", cid_of(Upload.objects.get(id=file.id)))
    }
    cid = cid_of(Upload.objects.get(id=file.id))
    gone, kept = pair[first_gone], pair[1 - first_gone]
    as_driver.delete(f"/api/v1/uploads/{gone.id}")
    work()
    assert own_node.is_pinned(cid)
    assert content(as_driver, kept).getvalue() == file.ciphertext
    as_driver.delete(f"/api/v1/uploads/{kept.id}")
    work()
    assert not own_node.is_pinned(cid)


def test_one_file_of_two_drivers_is_two_objects(
    driver, vehicle, other_driver, as_driver, as_other_driver, door, work, own_node
):
    files = [
        (as_driver, seal_file(driver, vehicle, b"one trip")),
        (as_driver, seal_file(driver, vehicle, b"one trip")),
        (as_other_driver, seal_file(other_driver, make_vehicle(other_driver), b"one trip")),
    ]
    for client, file in files:
        announce(client, file)
        send(client, file, file.ciphertext, 0)
    work()
    cids = [cid_of(Upload.objects.get(id=file.id)) for _, file in files]
    assert len(set(cids)) == len(files)
    as_driver.delete(f"/api/v1/uploads/{files[0][1].id}")
    work()
    assert [own_node.is_pinned(cid) for cid in cids] == [False, True, True]
    for client, file in files[1:]:
        assert content(client, file).getvalue() == file.ciphertext
