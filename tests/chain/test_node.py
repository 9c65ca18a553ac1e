"""A provider that says not now, or not so much, is treated as it asks."""

import json

import pytest
import requests

from chain import node
from chain.domain import limits
from chain.errors import NodeDown, RangeTooWide

LOG = {
    "address": "0x" + "C1" * 20,
    "topics": ["0x" + "07" * 32],
    "data": "0x",
    "blockNumber": "0x2",
    "blockHash": "0x" + "22" * 32,
    "transactionHash": "0x" + "33" * 32,
    "logIndex": "0x0",
}
BLOCK = {"number": "0x2", "hash": "0x" + "22" * 32, "timestamp": "0x1"}


class Provider:
    """Gives the scripted answers, one for each HTTP request."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.batches = []

    def make_request(self, _method, _params):
        return self._next()

    def make_batch_request(self, batch):
        self.batches.append(batch)
        answer = self._next()
        return answer(batch) if callable(answer) else answer

    def _next(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def pauses(monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("chain.node.time.sleep", waited.append)
    return waited


def rpc(*answers):
    found = node.RpcNode("http://nowhere.invalid", 1)
    found._provider = Provider(*answers)  # type: ignore[assignment]
    return found


def http(status, **headers):
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return requests.HTTPError(response=response)


def span_of(*logs, block=BLOCK):
    return [{"result": list(logs)}, {"result": block}]


def failed(code, message):
    return {"error": {"code": code, "message": message}}


def test_a_busy_node_is_asked_again_when_it_says(pauses):
    found = rpc(http(429, Retry_After="3"), http(429), {"result": "0x7a69"})
    assert found.chain_id() == 31337
    assert 3 <= pauses[0] < 4
    assert pauses[1] < 1


def test_a_node_that_stays_busy_is_down(pauses):
    busy = failed(-32005, "project ID request rate exceeded")
    with pytest.raises(NodeDown):
        rpc(*[busy] * node.MOST_ATTEMPTS).chain_id()
    assert pauses == sorted(pauses)


def test_a_node_that_asks_for_long_peace_is_left_alone(pauses):
    found = rpc(http(429, Retry_After="60"), {"result": "0x1"})
    for _ in range(3):
        with pytest.raises(NodeDown):
            found.chain_id()
    assert pauses == []
    assert len(found._provider.answers) == 1


@pytest.mark.parametrize(
    "answer",
    [
        http(413),
        http(504),
        requests.ReadTimeout(),
        failed(-32005, "query returned more than 10000 results"),
        [failed(-32602, "Log response size exceeded"), {"result": BLOCK}],
    ],
)
def test_a_refused_range_is_told_from_a_node_that_is_down(answer):
    with pytest.raises(RangeTooWide):
        rpc(answer).span([LOG["address"]], 1, 2)


@pytest.mark.parametrize(
    "answer",
    [
        http(500),
        requests.ConnectionError(),
        json.JSONDecodeError("no", "answer", 0),
        "a page of HTML",
        [{"result": []}],
        [{"result": None}, {"result": BLOCK}],
        [{"result": [{**LOG, "blockNumber": None}]}, {"result": BLOCK}],
        [failed(-32000, "header not found"), {"result": BLOCK}],
    ],
)
def test_what_is_no_answer_is_a_node_that_is_down(answer):
    with pytest.raises(NodeDown) as refused:
        rpc(answer).span([LOG["address"]], 1, 2)
    assert not isinstance(refused.value, RangeTooWide)


def test_logs_and_the_last_block_are_asked_in_one_breath():
    found = rpc(span_of(LOG))
    span = found.span([LOG["address"]], 1, 2)
    ((logs, end),) = found._provider.batches
    assert (logs[0], end[0]) == ("eth_getLogs", "eth_getBlockByNumber")
    assert span.end.number == 2
    assert [log.log_index for log in span.logs] == [0]
    assert rpc(span_of(block=None)).span([LOG["address"]], 1, 2).end is None


def test_a_log_whose_block_left_the_chain_is_not_heard():
    gone = {**LOG, "removed": True, "logIndex": "0x1"}
    assert len(rpc(span_of(gone, {**LOG, "removed": False})).span([], 1, 2).logs) == 1


def test_many_questions_go_in_batches():
    def answer(batch):
        return [{"result": None} for _ in batch]

    found = rpc(answer, answer, answer)
    most = limits.MOST_ASKED
    assert found.blocks(range(2 * most + 1)) == [None] * (2 * most + 1)
    assert [len(batch) for batch in found._provider.batches] == [most, most, 1]


def test_patience_has_an_end():
    assert limits.MOST_PAUSE_S * node.MOST_ATTEMPTS < 60
