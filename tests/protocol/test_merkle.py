import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import merkle
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("merkle")
addresses = st.lists(st.binary(min_size=20, max_size=20), min_size=1, max_size=40, unique=True).map(
    lambda found: ["0x" + address.hex() for address in sorted(found)]
)


@pytest.mark.parametrize("tree", VECTORS, ids=lambda tree: str(len(tree["shares"])))
def test_a_tree_has_root_leaves_and_proofs_of_the_vectors(tree):
    found = [
        merkle.Share(case["address"], case["start"], case["weight"]) for case in tree["shares"]
    ]

    assert merkle.shares_of([share.address for share in found], found[0].weight) == found
    assert merkle.root(found).hex() == tree["root"]
    for index, case in enumerate(tree["shares"]):
        assert merkle.leaf(found[index]).hex() == case["leaf"]
        assert [node.hex() for node in merkle.proof(found, index)] == case["proof"]


@given(addresses, st.integers(1, 1000))
def test_every_share_proves_itself_and_no_other(contributors, weight):
    shares = merkle.shares_of(contributors, weight)
    tree = merkle.Tree(shares)

    for index, share in enumerate(shares):
        heavier = merkle.Share(share.address, share.start, share.weight + 1)
        assert merkle.verify(tree.root, share, tree.proof(index))
        assert not merkle.verify(tree.root, heavier, tree.proof(index))


@given(addresses.filter(lambda found: len(found) > 1))
def test_an_inner_node_cannot_pass_for_a_share(contributors):
    shares = merkle.shares_of(contributors)
    proof = merkle.proof(shares, 0)

    assert not merkle.verify(merkle.root(shares), shares[0], proof[1:])


def test_it_refuses_contributors_out_of_order_or_twice():
    one, other = "0x" + "11" * 20, "0x" + "22" * 20

    for contributors in ([other, one], [one, one], [one, "0x12"], ["someone"]):
        with pytest.raises(ProtocolError) as refusal:
            merkle.shares_of(contributors)
        assert refusal.value.code == "bad_share"


def test_it_refuses_a_tree_of_nobody():
    with pytest.raises(ProtocolError):
        merkle.root([])


@pytest.mark.parametrize("index", [-1, 1])
def test_it_refuses_a_proof_of_a_place_outside(index):
    with pytest.raises(ProtocolError):
        merkle.proof(merkle.shares_of(["0x" + "11" * 20]), index)
