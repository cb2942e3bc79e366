"""PostGIS of Debian, tuned: memory for all of it, rows in spatial order, GiST, analysed, warm."""

import io
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from homeward.postgres.supervisor import EmbeddedPostgres
from loadtests.crowd import Crowd
from loadtests.peers.folder import peer_folder

BINDIR: Final = Path(os.environ.get("HOMEWARD_BENCH_POSTGRES") or "/usr/lib/postgresql/15/bin")
"""PostgreSQL with PostGIS in it; `infra/setup bench` installs it."""
TUNED: Final = {
    "shared_buffers": "3GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.0",
    "max_parallel_workers_per_gather": "0",
    "fsync": "off",
    "synchronous_commit": "off",
    "max_wal_size": "8GB",
}
"""It only reads while it is timed; whatever helps it is set."""

SCHEMA: Final = """
CREATE EXTENSION postgis;
CREATE TABLE places (
    ordinal bigint, at geography(Point, 4326), kind int2, reach_km_max int4, severity_min int2,
    quiet_from_min int2, quiet_to_min int2, zone int2, active bool, reachable bool);
CREATE TABLE told (ordinal bigint PRIMARY KEY);
"""
INDEXED: Final = (
    "CREATE INDEX places_at ON places USING gist (at)",
    "CREATE INDEX ON places USING gist ((at::geometry))",
    "VACUUM ANALYZE places",
)
ROWS_AT_ONCE: Final = 200_000
"""Of a binary COPY."""
COLUMNS: Final = (
    ("ordinal", ">i8"), ("point", "V25"), ("kinds", ">i2"), ("reach_km_max", ">i4"),
    ("severity_min", ">i2"), ("quiet_from_min", ">i2"), ("quiet_to_min", ">i2"), ("zones", ">i2"),
    ("active", "i1"), ("reachable", "i1"),
)  # fmt: skip
EWKB: Final = np.dtype([("order", "i1"), ("type", "<u4"), ("srid", "<i4"), ("at", "<f8", 2)])
FINE: Final = np.uint64(0x00FFFFFFFFFFFFFF >> 4)
"""Without the resolution an id begins with base cell and digits: neighbours are near."""
EWKB_POINT: Final = 0x20000001
COPY_BEGINS: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_ENDS: Final = b"\xff\xff"
POINT: Final = "ST_SetSRID(ST_MakePoint({lon}, {lat}), 4326)::geography"
WITHIN: Final = "ST_DWithin(at, {point}, {within_m}, false)"
"""On the sphere: the ellipsoid costs it more."""
MEETS: Final = "ST_Intersects(at::geometry, '{shape}'::geometry)"
"""On the plane: a polygon of arcs costs it sixteen times as much."""
WIDENED: Final = "SELECT ST_Buffer(ST_GeogFromText($1), $2)::geometry::text"

GEOMETRY: Final = "SELECT ordinal FROM places WHERE {inside}"
WHOLE: Final = """
SELECT DISTINCT ordinal FROM places p
WHERE {inside} AND kind = {kind} AND active AND reachable AND severity_min <= {severity}
  AND (reach_km_max = 0 OR ST_Distance(at, {focus}, false) <= reach_km_max * 1000.0)
  AND NOT (quiet_from_min >= 0
           AND (('{{{now}}}'::int[])[zone + 1] - quiet_from_min + 1440) % 1440
               < (quiet_to_min - quiet_from_min + 1440) % 1440)
  AND NOT EXISTS (SELECT FROM told t WHERE t.ordinal = p.ordinal)
"""
ROW: Final = np.dtype([("fields", ">i2"), ("bytes", ">i4"), ("ordinal", ">i8")])
HEADER_BYTES: Final = len(COPY_BEGINS)


def disk(lat: float, lon: float, within_m: float) -> str:
    """Return the condition that says who is within so many metres of a point."""
    return WITHIN.format(point=POINT.format(lat=lat, lon=lon), within_m=within_m)


@dataclass(frozen=True, slots=True)
class PostGis:
    """A server with a crowd in it."""

    connection: asyncpg.Connection
    version: str

    async def ordinals(self, query: str) -> NDArray[np.uint32]:
        """Return what a query selects, by binary COPY: the cheapest way into a process."""
        into = io.BytesIO()
        await self.connection.copy_from_query(query, output=into, format="binary")
        rows = np.frombuffer(into.getbuffer()[HEADER_BYTES:-2], ROW)
        return rows["ordinal"].astype(np.uint32)

    async def shape(self, ring: Iterable[tuple[float, float]], wider_m: float) -> str:
        """Return the condition that says who is in a polygon that is so much wider."""
        corners = ", ".join(f"{lon} {lat}" for lat, lon in ring)
        said = await self.connection.fetchval(WIDENED, f"POLYGON(({corners}))", wider_m)
        return MEETS.format(shape=said)

    async def tell(self, told: BitMap) -> None:
        """Make these those who were told."""
        await self.connection.execute("TRUNCATE told")
        await self.connection.copy_records_to_table("told", records=[(one,) for one in told])
        await self.connection.execute("ANALYZE told")

    async def bytes(self) -> int:
        """Return what places and the index for disks take."""
        found = await self.connection.fetchval(
            "SELECT pg_table_size('places') + pg_relation_size('places_at')"
        )
        return int(found)


@asynccontextmanager
async def postgis(crowd: Crowd) -> AsyncIterator[PostGis]:
    """Start it, load a crowd in spatial order, index and analyse."""
    with peer_folder("postgis") as folder:
        async with EmbeddedPostgres(folder, BINDIR) as server:
            await _run(server.dsn, [f"ALTER SYSTEM SET {k} = '{v}'" for k, v in TUNED.items()])
        async with EmbeddedPostgres(folder, BINDIR) as server:
            connection = await asyncpg.connect(server.dsn, timeout=60)
            try:
                await connection.execute(SCHEMA)
                await connection.copy_to_table("places", source=_copied(crowd), format="binary")
                for statement in INDEXED:
                    await connection.execute(statement)
                yield PostGis(connection, await connection.fetchval("SELECT postgis_lib_version()"))
            finally:
                await connection.close()


async def _run(dsn: str, statements: Iterable[str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for one in statements:
            await connection.execute(one)
    finally:
        await connection.close()


async def _copied(crowd: Crowd) -> AsyncIterator[bytes]:
    """Yield a crowd as a binary COPY, neighbours beside each other."""
    yield COPY_BEGINS
    order = np.argsort(crowd.columns.cells & FINE, kind="stable")
    fields = [field for name, kind in COLUMNS for field in ((f"{name}_bytes", ">i4"), (name, kind))]
    row = np.dtype([("fields", ">i2"), *fields])
    for start in range(0, len(order), ROWS_AT_ONCE):
        some = order[start : start + ROWS_AT_ONCE]
        rows = np.zeros(len(some), row)
        rows["fields"] = len(COLUMNS)
        for name, kind in COLUMNS:
            rows[f"{name}_bytes"] = np.dtype(kind).itemsize
            if name == "point":
                rows[name] = _points(crowd, some)
            else:
                source = "ordinals" if name == "ordinal" else name
                rows[name] = getattr(crowd.columns, source)[some]
        yield rows.tobytes()
    yield COPY_ENDS


def _points(crowd: Crowd, some: NDArray[np.intp]) -> NDArray[np.void]:
    points = np.zeros(len(some), EWKB)
    points["order"], points["type"], points["srid"] = 1, EWKB_POINT, 4326
    points["at"][:, 0], points["at"][:, 1] = crowd.lon_deg[some], crowd.lat_deg[some]
    return points.view("V25")
