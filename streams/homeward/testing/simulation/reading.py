"""The log of a simulated history, case by case and moment by moment."""

from collections import defaultdict
from datetime import datetime
from itertools import groupby

from homeward.messages import Recorded
from homeward.record.envelope import attachments, read
from homeward.testing.memory.log import LogDisk


def moment_by_moment(disk: LogDisk) -> dict[str, list[tuple[datetime, list[Recorded]]]]:
    """Return what was said of each case, by the moment of the case clock at which it was said.

    The clock is read off the log: it stands where the latest fact so far says it does.
    """
    now: datetime | None = None
    by_case: defaultdict[str, list[tuple[datetime, Recorded]]] = defaultdict(list)
    for row in disk.rows:
        blobs = {digest: disk.blobs[digest] for digest in attachments(row)}
        heard = read(row, blobs=blobs)
        now = heard.at if now is None else max(now, heard.at)
        if heard.fact.case is not None:
            by_case[heard.fact.case].append((now, heard))
    return {
        case: [(at, [one for _, one in said]) for at, said in groupby(pairs, lambda pair: pair[0])]
        for case, pairs in by_case.items()
    }
