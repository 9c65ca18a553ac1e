from protocol import make_vectors
from tests.protocol import vectors


def test_the_committed_vectors_are_those_the_code_makes():
    committed = {
        path.name: path.read_text(encoding="utf-8") for path in vectors.DIRECTORY.glob("*.json")
    }

    assert make_vectors.build() == committed
