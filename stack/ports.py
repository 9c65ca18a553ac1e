"""Ports of this machine that nobody listens to, for stacks and nodes beside the first."""

import socket


def free(count: int) -> list[int]:
    """Return ports that nobody listened to a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
