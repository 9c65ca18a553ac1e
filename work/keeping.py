"""Keep a lease alive while its work runs, so that a killed worker is missed soon."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from work.claiming import Lease
from work.errors import LeaseLost

logger = logging.getLogger(__name__)

PART = 3
"""A lease is renewed this many times within its length."""


@contextmanager
def kept(lease: Lease) -> Iterator[None]:
    """Renew the lease from a thread of its own until the block ends or the lease is lost."""
    is_over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(lease, is_over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join()


def _keep(lease: Lease, is_over: threading.Event) -> None:
    pause_s = lease.length.total_seconds() / PART
    try:
        while not is_over.wait(pause_s):
            lease.renew()
    except (LeaseLost, DatabaseError) as error:
        # The work goes on and finds out at its end, where only the owner may finish the row.
        logger.info("lease_not_renewed row=%s reason=%s", lease.row_id, type(error).__name__)
    finally:
        connection.close()  # this thread's own
