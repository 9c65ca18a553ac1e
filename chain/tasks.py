"""Queue doors of the chain room: wake-ups that may be lost and may come twice."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from chain import indexing, sending, turns
from chain.errors import TurnTaken
from common.errors import Unavailable

logger = logging.getLogger(__name__)

EXPIRES_S = 5


@shared_task(ignore_result=True, expires=EXPIRES_S)
def send_calls() -> None:
    """Queue door: send what waits, unless somebody does it already."""
    try:
        with turns.take("sending") as turn:
            confirmed = sending.run(turn=turn)
    except (TurnTaken, Unavailable) as error:
        logger.info("not_sent code=%s", error.code)
        return
    if confirmed:
        wake_indexer()


@shared_task(ignore_result=True, expires=EXPIRES_S)
def index_blocks() -> None:
    """Queue door: read the new blocks, unless somebody does it already."""
    try:
        with turns.take("indexing") as turn:
            indexing.run(turn=turn)
    except (TurnTaken, Unavailable) as error:
        logger.info("not_indexed code=%s", error.code)


def wake_sender() -> None:
    """Ask for a run of the sender; without a broker the timetable comes round."""
    try:
        send_calls.apply_async(retry=False)
    except OperationalError:
        logger.warning("wake_up_lost task=send_calls")


def wake_indexer() -> None:
    """Ask for a run of the indexer, as `wake_sender` does for the sender."""
    try:
        index_blocks.apply_async(retry=False)
    except OperationalError:
        logger.warning("wake_up_lost task=index_blocks")
