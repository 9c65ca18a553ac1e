"""Make sure that the node speaks for the chain on which our contracts stand."""

import logging

from django.conf import settings
from django.db.models import Q

from chain import deployed
from chain.errors import ChainReplaced, NodeDown
from chain.node import Node

logger = logging.getLogger(__name__)


def genesis_hash() -> str:
    """Return the hash of our chain's first block; empty when the deployment does not say it."""
    return str(deployed.read().get("genesis_hash", ""))


def signed_here() -> Q:
    """Return the condition that a call was signed for our chain, and not for one it replaced."""
    known = genesis_hash()
    return Q(genesis_hash__in=["", known]) if known else Q()


def check(node: Node) -> None:
    """Return when the node's chain is ours. Raises ChainReplaced, NodeDown."""
    if node.chain_id() != settings.CHAIN_ID:
        logger.error("chain_replaced by=chain_id")
        raise ChainReplaced
    known = genesis_hash()
    if not known:
        return
    first = node.block(0)
    if first is None:
        raise NodeDown
    if first.hash != known:
        logger.error("chain_replaced by=genesis_hash found=%s", first.hash)
        raise ChainReplaced
