import pytest

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
