"""How much memory a process held at most, as the kernel's own page tells it (Linux)."""

from pathlib import Path


def peak_mib(process: int | str = "self") -> int:
    """Return the most MiB that a process ever held at once.

    The figure of getrusage is handed down by whoever started the process, and would tell that
    one's peak where it was larger.
    """
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024
