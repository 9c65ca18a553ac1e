"""Files beyond one object: where they are cut, how the parts are listed, and what is no list."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import canonical, cid, parts
from protocol.errors import ProtocolError
from protocol.parts import Manifest, Part, Rule

MIB = cid.CHUNK_BYTES
RULE = Rule(whole_bytes=2 * MIB, part_bytes=MIB)
CONTENT = b"".join(number.to_bytes(2) * (MIB // 2) for number in range(3)) + b"the end"


def _named(content: bytes, rule: Rule = RULE) -> parts.Named:
    digest = hashlib.sha256(content).hexdigest()
    return parts.named(list(cid.leaves_of([content])), sha256=digest, rule=rule)


def _manifest() -> Manifest:
    return Manifest(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), _named(CONTENT).parts)


def _leaves(size_bytes: int) -> list[cid.Leaf]:
    full, rest = divmod(size_bytes, MIB)
    sizes = [MIB] * full + ([rest] if rest or not full else [])
    return [cid.Leaf(number.to_bytes(32), one) for number, one in enumerate(sizes)]


def test_what_fits_into_one_object_keeps_the_cid_of_its_bytes():
    content = CONTENT[: 2 * MIB]
    assert _named(content) == parts.Named(cid.cid_of([content]))


def test_each_part_has_the_cid_of_its_own_bytes_and_the_file_that_of_the_list():
    found = _named(CONTENT)
    cut = [CONTENT[start : start + MIB] for start in range(0, len(CONTENT), MIB)]
    assert [part.cid for part in found.parts] == [cid.cid_of([one]) for one in cut]
    assert found.cid == cid.cid_of([_manifest().encode()])


@given(
    size=st.integers(min_value=0, max_value=600 * MIB),
    whole=st.integers(min_value=1, max_value=cid.MAX_CHUNKS),
    step=st.integers(min_value=3, max_value=cid.MAX_CHUNKS),
)
def test_parts_joined_are_the_file_whatever_its_size(size, whole, step):
    rule = Rule(whole_bytes=whole * MIB, part_bytes=step * MIB)
    found = parts.named(_leaves(size), sha256="0" * 64, rule=rule)
    if size <= rule.whole_bytes:
        assert found.parts == ()
        return
    sizes = [part.size_bytes for part in found.parts]
    assert sum(sizes) == size
    assert set(sizes[:-1]) <= {rule.part_bytes}
    assert 0 < sizes[-1] <= rule.part_bytes
    listed = Manifest(size, "0" * 64, found.parts)
    assert parts.read(listed.encode()) == listed
    assert listed.cid == found.cid


def test_by_the_rule_of_the_house_two_gib_are_seventeen_parts_under_a_small_list():
    size_bytes = 2 * 1024**3 + 1_000_000  # a sealed file is a little longer
    found = parts.named(_leaves(size_bytes), sha256="0" * 64)
    assert len(found.parts) == 17
    assert len(Manifest(size_bytes, "0" * 64, found.parts).encode()) < 2_000


def test_no_file_has_more_parts_than_a_list_may_hold():
    rule = Rule(whole_bytes=MIB, part_bytes=MIB)
    assert len(parts.named(_leaves(256 * MIB), sha256="0" * 64, rule=rule).parts) == 256
    with pytest.raises(ProtocolError) as refusal:
        parts.named(_leaves(257 * MIB), sha256="0" * 64, rule=rule)
    assert refusal.value.code == "too_large"


def _told(**changes: object) -> bytes:
    return canonical.encode({**json.loads(_manifest().encode()), **changes})


def _parts(*changed: tuple[int, dict[str, object]]) -> list[dict[str, object]]:
    found = json.loads(_manifest().encode())["parts"]
    for place, change in changed:
        found[place] = {**found[place], **change}
    return list(found)


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b"[]", ""),
        (b"{}", ""),
        (_told(more=1), ""),
        (_told(v=2), "/v"),
        (_told(v=True), "/v"),
        (_told(v="1"), "/v"),
        (_told(kind="directory"), "/kind"),
        (_told(sha256="AB" * 32), "/sha256"),
        (_told(sha256=7), "/sha256"),
        (_told(size_bytes=len(CONTENT) + 1), "/size_bytes"),
        (_told(size_bytes=True), "/size_bytes"),
        (_told(parts={}), "/parts"),
        (_told(parts=[]), "/parts"),
        (_told(parts=["bafk"]), "/parts/0"),
        (_told(parts=_parts((0, {"more": 1}))), "/parts/0"),
        (_told(parts=_parts((1, {"cid": "bafkno"}))), "/parts/1/cid"),
        (_told(parts=_parts((1, {"cid": 5}))), "/parts/1/cid"),
        (_told(parts=_parts((1, {"cid": cid.cid_of([bytes(2 * MIB)])}))), "/parts/1/cid"),
        (_told(parts=_parts((1, {"size_bytes": 0}))), "/parts/1/size_bytes"),
        (_told(parts=_parts((1, {"size_bytes": -MIB}))), "/parts/1/size_bytes"),
        (_told(parts=_parts((1, {"size_bytes": cid.MAX_BYTES + 1}))), "/parts/1/size_bytes"),
        (_told(parts=_parts((1, {"size_bytes": MIB - 1}))), "/parts/1/size_bytes"),
        (_told(parts=_parts((3, {"size_bytes": MIB - 1}))[::-1]), "/parts/0/size_bytes"),
        (_told(parts=_parts()[:-1]), "/size_bytes"),
    ],
)
def test_what_is_no_list_of_parts_is_refused_where_it_is_wrong(data, pointer):
    with pytest.raises(ProtocolError) as refusal:
        parts.read(data)
    assert (refusal.value.code, refusal.value.pointer) == ("bad_manifest", pointer)


def test_a_list_that_is_too_long_is_refused_before_it_is_read():
    with pytest.raises(ProtocolError) as refusal:
        parts.read(b"[" * (parts.MAX_MANIFEST_BYTES + 1))
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", _manifest().encode() + b"\n"])
def test_only_canonical_bytes_are_a_list(data):
    with pytest.raises(ProtocolError) as refusal:
        parts.read(data)
    assert refusal.value.code == "not_canonical"


def test_swapped_parts_make_another_file():
    found = _manifest()
    first, second, *rest = found.parts
    swapped = Manifest(found.size_bytes, found.sha256, (second, first, *rest))
    assert swapped.cid != found.cid


def test_a_part_is_no_part_without_its_size():
    with pytest.raises(ProtocolError):
        parts.read(_told(parts=[{"cid": Part("x", 1).cid}]))
