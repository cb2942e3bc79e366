"""``homeward topics``: what the brokers hold, and what they should."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from homeward import interrupts
from homeward.cli import options
from homeward.cli.output import Complaint, as_json, note, say, table
from homeward.cli.whereabouts import World, settings_with, world_of

if TYPE_CHECKING:
    from homeward.kafka.admin import Change, Client
    from homeward.kafka.catalogue import Names, Topic
    from homeward.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Kafka's topics: a bell. The log is the book, so nothing that is lost here is lost.",
    epilog="Example: homeward topics plan",
)

Lanes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        help="Lanes of the world; then the database need not answer.",
        show_default="as the database says",
    ),
]


class To(StrEnum):
    """Where the workers go on."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Place:
    """A world, and the brokers that ring for it."""

    settings: "Settings"
    world: World

    @classmethod
    def of(cls, data_folder: Path | None, *, live: bool) -> "Place":
        """Return the place that options name. Raises Complaint when no broker is set."""
        settings = settings_with(data_folder=data_folder)
        if not settings.kafka:
            raise Complaint(
                "HOMEWARD_KAFKA is unset, so there are no brokers to ask",
                "set it to host:port of yours; for a drill, make kafka starts one on "
                "127.0.0.1:19092",
            )
        return cls(settings, world_of(live=live))

    @property
    def names(self) -> "Names":
        """Return what the world's topics are called."""
        from homeward.kafka.catalogue import names_of

        return names_of(self.settings.topic_prefix, self.world)

    def topics(self, lanes: int | None) -> "tuple[Topic, ...]":
        """Return the world's catalogue. Raises Complaint."""
        from homeward.kafka.catalogue import prefix_of, topics_of

        if lanes is None:
            lanes = interrupts.run(self._lanes())
        prefix = prefix_of(self.settings.topic_prefix, self.world)
        copies = self.settings.replication
        return topics_of(prefix, lanes, self.settings.facts_partitions, copies)

    async def _lanes(self) -> int:
        from homeward.cli.ledgers import opened

        async with opened(self.settings, self.world) as house:
            return house.store.lanes

    @contextmanager
    def asked(self) -> "Iterator[Client]":
        """Connect to the brokers. Raises Complaint, within ten seconds when nobody answers."""
        from homeward.kafka.admin import KafkaAway, TopicsRefused, admin_of
        from homeward.kafka.offsets import GroupBusy

        try:
            with admin_of(self.settings.kafka) as client:
                yield client
        except KafkaAway as away:
            mend = "start the brokers, or mend HOMEWARD_KAFKA; alerts go on by sweep meanwhile"
            raise Complaint(str(away), mend) from None
        except GroupBusy as busy:
            raise Complaint(str(busy), "stop every homeward worker of this world first") from None
        except TopicsRefused as refused:
            what, _, mend = str(refused).partition(": ")
            raise Complaint(what, mend) from None


def _shown(changes: "tuple[Change, ...]") -> list[dict[str, str]]:
    return [{**asdict(one), "step": str(one.step), "mend": one.mend} for one in changes]


@app.command(epilog="Example: homeward topics plan --json")
def plan(
    lanes: Lanes = None,
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Show what differs from the catalogue; nothing is changed."""
    from homeward.kafka.admin import plan as planned

    place = Place.of(data_folder, live=live)
    topics = place.topics(lanes)
    with place.asked() as client:
        changes = planned(client, topics)
    if json:
        as_json(_shown(changes))
    elif not changes:
        say("every topic is as it should be: ", ", ".join(one.name for one in topics))
    else:
        columns = ("topic", "step", "what", "there", "wanted")
        table(columns, ([getattr(one, name) for name in columns] for one in changes))
        _mends(changes)


@app.command(epilog="Example: homeward topics apply")
def apply(
    remake: Annotated[
        bool,
        typer.Option(
            "--remake",
            help="Delete and make anew what has too many partitions; no worker may run. What was "
            "in it is in the log, and is swept.",
        ),
    ] = False,
    lanes: Lanes = None,
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Make topics, add partitions and set what differs; asked again it changes nothing.

    Partitions cannot be taken away: exits 1 when there are too many, with all else done.
    """
    from homeward.kafka.admin import apply as applied
    from homeward.kafka.offsets import GroupBusy, members

    place = Place.of(data_folder, live=live)
    topics = place.topics(lanes)
    done: list[Change] = []

    def progress(change: "Change") -> None:
        done.append(change)
        if not json:
            say((change.topic, "bold"), f" {change.step} {change.what}: {change.wanted}")

    with place.asked() as client:
        if remake and (running := members(client, place.names.group)):
            raise GroupBusy(f"{running} members of {place.names.group} are running")
        left = applied(client, topics, progress, remake=remake)
    if json:
        as_json({"done": _shown(tuple(done)), "left": _shown(left)})
    elif not done and not left:
        say("every topic is as it should be")
    if left:
        one = left[0]
        what = f"{one.topic} has {one.there} {one.what} and should have {one.wanted}"
        raise Complaint(f"{what}, which cannot be changed in place", one.mend)


def _mends(changes: "tuple[Change, ...]") -> None:
    for mend in dict.fromkeys(one.mend or "homeward topics apply" for one in changes):
        note(("mend: ", "dim"), mend)


@app.command(epilog="Example: homeward topics lag --json")
def lag(
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Show how far the workers are behind the bell, by partition."""
    from homeward.kafka.offsets import lag as lagging

    place = Place.of(data_folder, live=live)
    with place.asked() as client:
        found = lagging(client, place.names)
    if json:
        as_json({**asdict(found), "by_topic": found.by_topic})
        return
    columns = ("topic", "partition", "committed", "end", "behind")
    table(columns, ([getattr(one, name) for name in columns] for one in found.partitions))
    for name in place.names:
        if name in found.by_topic:
            say((name, "bold"), f" {found.by_topic[name]} behind")
        else:
            note((f"{name} is not there: ", "yellow"), "homeward topics apply")
    say(f"group {found.group}: {found.members} members")


@app.command(epilog="Example: homeward topics reset --to end")
def reset(
    to: Annotated[To, typer.Option(help="Where the workers go on.")],
    live: options.Live = False,
    data_folder: options.DataFolder = None,
    json: options.Json = False,
) -> None:
    """Set the workers' group to the start or the end of every topic.

    Facts and orders: harmless, since the log is the book. To the end, what did not ring is swept;
    to the start, what was heard is skipped. Positions: to the end, those not yet heard are lost
    until their sender says the next; to the start, minutes of them are heard again, and the
    newest of each person stays. Refused while a worker runs.
    """
    from homeward.kafka import offsets

    place = Place.of(data_folder, live=live)
    with place.asked() as client:
        done = offsets.reset(client, place.names, offsets.To(to))
    rows = [
        {"topic": topic, "partition": number, "offset": at}
        for (topic, number), at in sorted(done.items())
    ]
    if json:
        as_json(rows)
    else:
        table(("topic", "partition", "offset"), (list(one.values()) for one in rows))
        say(f"{place.names.group} goes on at the {to}")
