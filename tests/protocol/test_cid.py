import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import cid
from protocol.errors import ProtocolError
from protocol.vector_inputs import plaintext
from tests.protocol import vectors

# Computed by js-ipfs' unixfs importer over the same bytes, independently of this code.
INDEPENDENT = {
    0: "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    11: "bafkreidyuyttca6rpq42bnqsnyrgz3dq4mztp5f4ni4am5abwvfdhz4ovu",
    1_048_576: "bafkreidddocae7lltzjlkooe5a3tmiwsgazn7logjvqk7bzttsidpzhxne",
    1_048_577: "bafybeidjogjfwuhbzwopgd4bn3skcf5m6oz72xshywcndzxgqb623nfclu",
    3_145_728: "bafybeihzpjrbcpjpzcx4yxh3hasnjidsikmwmsrli7hhamhny5iueulu5a",
    5_000_000: "bafybeihi4vpkqguuofccvmtkq7acd2lidr4s7nb6ve7eeexk44xgwigy6e",
}


@pytest.mark.parametrize("case", vectors.read("cid"), ids=lambda case: str(case["plain_bytes"]))
def test_it_gives_the_cid_that_other_implementations_give(case):
    data = plaintext(case["plain_bytes"])
    pieces = [data[start : start + 70_000] for start in range(0, len(data), 70_000)]

    assert cid.cid_of(pieces) == cid.cid_of([data]) == case["cid"]
    assert case["cid"] == INDEPENDENT[case["plain_bytes"]]


def test_the_digest_of_a_small_object_is_its_sha256():
    digest = cid.cid_digest("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")

    assert digest.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_digest_of_a_large_object_is_read_too():
    assert len(cid.cid_digest(INDEPENDENT[5_000_000])) == 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
        INDEPENDENT[0].upper(),
        INDEPENDENT[0][:-1],
        INDEPENDENT[0] + "a",
        "f" + INDEPENDENT[0][1:],
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv",
        "../" + INDEPENDENT[0],
        "bäfk",
    ],
)
def test_it_refuses_text_that_is_no_cid_of_ours(text):
    with pytest.raises(ProtocolError) as refusal:
        cid.cid_digest(text)

    assert refusal.value.code == "bad_cid"


def test_it_refuses_objects_beyond_one_level_of_links():
    mebibyte = bytes(cid.CHUNK_BYTES)

    with pytest.raises(ProtocolError) as refusal:
        cid.cid_of(mebibyte for _ in range(cid.MAX_CHUNKS + 1))

    assert refusal.value.code == "too_large"


@given(st.lists(st.binary(max_size=3), max_size=5), st.integers(1, 3 * cid.CHUNK_BYTES))
def test_the_blocks_of_an_object_are_those_its_node_lists(pieces, size):
    content = b"".join(pieces) + bytes(size)
    leaves = list(cid.leaves_of([content]))
    if len(leaves) == 1:
        assert cid.is_leaf(cid.cid_over(leaves))
        return
    assert cid.leaves_in(cid.node_over(leaves), cid.cid_of([content])) == leaves


def test_blocks_are_given_one_by_one_and_a_wrong_one_never():
    content = bytes(range(256)) * 4096 * 3
    leaves = list(cid.leaves_of([content]))
    wrong = content[: cid.CHUNK_BYTES + 5] + b"!" + content[cid.CHUNK_BYTES + 6 :]
    given_out: list[bytes] = []
    with pytest.raises(ProtocolError) as refusal:
        given_out += cid.checked([wrong], leaves)
    assert refusal.value.code == "wrong_bytes"
    blocks = cid.checked([wrong], leaves)
    assert next(blocks) == content[: cid.CHUNK_BYTES]
    with pytest.raises(ProtocolError):
        next(blocks)


@pytest.mark.parametrize("change", [lambda one: one[:-1], lambda one: one + b"!", lambda _: b""])
def test_bytes_too_few_or_too_many_are_refused(change):
    content = bytes(2 * cid.CHUNK_BYTES)
    leaves = list(cid.leaves_of([content]))
    with pytest.raises(ProtocolError):
        list(cid.checked([change(content)], leaves))


def test_a_node_is_read_only_as_we_write_it():
    content = bytes(3 * cid.CHUNK_BYTES + 1)
    leaves = list(cid.leaves_of([content]))
    node, name = cid.node_over(leaves), cid.cid_over(leaves)
    for place in range(0, len(node), 7):
        changed = node[:place] + bytes([node[place] ^ 1]) + node[place + 1 :]
        with pytest.raises(ProtocolError) as refusal:
            cid.leaves_in(changed, name)
        assert refusal.value.code == "wrong_bytes"
    with pytest.raises(ProtocolError):
        cid.leaves_in(b"", name)


@pytest.mark.parametrize(
    "sizes", [[5, 5], [cid.CHUNK_BYTES, 0], [cid.CHUNK_BYTES, cid.CHUNK_BYTES + 1], [2**40]]
)
def test_a_node_of_another_cut_is_not_one_of_ours(sizes):
    leaves = [cid.Leaf(bytes(32), size) for size in sizes]
    node = cid.node_over(leaves)
    name = cid._text(cid._binary(cid._DAG_PB, hashlib.sha256(node).digest()))
    with pytest.raises(ProtocolError) as refusal:
        cid.leaves_in(node, name)
    assert refusal.value.code == "bad_node"


@given(st.binary(max_size=300))
def test_any_bytes_as_a_node_are_refused_in_words(node):
    name = cid._text(cid._binary(cid._DAG_PB, hashlib.sha256(node).digest()))
    with pytest.raises(ProtocolError):
        cid.leaves_in(node, name)
