"""Opening sealed fields of recorded facts, for those who may (desk, http and dispatch)."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from homeward.ports import Log, SubjectKeys
from homeward.record.envelope import Row
from homeward.record.sealing import open_sealed


async def open_fields(
    log: Log,
    keys: SubjectKeys,
    rows: Sequence[Row],
    fields: Collection[str] | None = None,
) -> dict[str, dict[str, str]]:
    """Return fact id -> field -> JSON text of the sealed ``fields`` (None: all) of some rows.

    Two look-ups however many rows there are. What was erased (its ciphertext or its subject's key
    is gone) is missing; a row with nothing to open is missing too. Raises CannotOpen when a value
    is there and does not belong to its place: altered is not erased. `read` takes one fact's part
    as ``opened``.
    """
    wanted: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (body, entry)
        for body in (json.loads(row.envelope) for row in rows)
        for entry in body["sealed"]
        if fields is None or entry["f"] in fields
    ]
    if not wanted:
        return {}
    ciphertexts = await log.ciphertexts({body["id"] for body, _ in wanted})
    data_keys = await keys.keys_for({entry["subj"] for _, entry in wanted}, create=False)
    opened: dict[str, dict[str, str]] = {}
    for body, entry in wanted:
        ciphertext = ciphertexts.get((body["id"], entry["f"]))
        data_key = data_keys.get(entry["subj"])
        if ciphertext is None or data_key is None:
            continue
        opened.setdefault(body["id"], {})[entry["f"]] = open_sealed(
            entry,
            ciphertext,
            data_key=data_key,
            log=body["log"],
            stream=body["stream"],
            fact_id=body["id"],
        )
    return opened
