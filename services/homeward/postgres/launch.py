"""Become a child that ends with its parent: drop privileges, exec. Run by path, never imported.

``python -I -S launch.py PARENT SIGNAL UID GID PROGRAM ARGS...`` (UID -1: stay who we are); SIGNAL
is what the program gets when its parent dies. A program of its own because between fork and exec
of a threaded parent nothing in Python is safe, and because PR_SET_PDEATHSIG has to come after the
change of user, which clears it.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, number: int, uid: int, gid: int, command: list[str]) -> None:
    """Exec ``command`` as that user; it gets signal ``number`` when its parent dies."""
    os.setsid()  # Ctrl-C is the parent's: it stops us in its own time
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        sys.exit("prctl(PR_SET_PDEATHSIG) failed: it would outlive its parent")
    if os.getppid() != parent:  # it died before we asked to be told
        sys.exit("the parent is gone")
    os.execv(command[0], command)  # noqa: S606 -- no shell is wanted


if __name__ == "__main__":
    parent, number, uid, gid = (int(one) for one in sys.argv[1:5])
    main(parent, number, uid, gid, sys.argv[5:])
