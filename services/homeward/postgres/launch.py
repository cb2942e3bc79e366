"""Become the server: drop privileges, end with the parent, exec. Run by path, never imported.

``python -I -S launch.py PARENT UID GID PROGRAM ARGS...`` (UID -1: stay who we are). A program of
its own because between fork and exec of a threaded parent nothing in Python is safe, and because
PR_SET_PDEATHSIG has to come after the change of user, which clears it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, uid: int, gid: int, command: list[str]) -> None:
    """Exec ``command`` as that user; it gets SIGINT (a fast shutdown) when its parent dies."""
    os.setsid()  # Ctrl-C is the parent's: it stops us in its own time
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0:
        sys.exit("prctl(PR_SET_PDEATHSIG) failed: the server would outlive its parent")
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit("the parent is gone")
    os.execv(command[0], command)  # noqa: S606 -- no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
