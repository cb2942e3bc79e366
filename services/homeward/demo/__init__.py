"""The demo: one invented case, start to end, in a drill world of its own.

It speaks to the server as anybody would (public HTTP), and judges by what others wrote down: the
receiving side's own file, and the log.
"""
