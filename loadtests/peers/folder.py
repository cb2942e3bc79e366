"""A temporary folder that an unprivileged server may enter."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def peer_folder(peer: str) -> Iterator[Path]:
    """Yield a folder for a peer; it goes with the block."""
    with tempfile.TemporaryDirectory(prefix=f"homeward-bench-{peer}-") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / peer
        folder.mkdir(mode=0o700)
        yield folder
