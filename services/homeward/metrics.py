"""Every metric, declared once: name, type, labels, meaning. docs/METRICS.md is generated."""

from dataclasses import dataclass
from threading import Lock
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure that the house exports."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()


CATALOGUE: Final = (
    Metric("homeward_process_info", "gauge", "1; which process this is.", ("role",)),
    Metric("homeward_facts_appended_total", "counter", "Facts acknowledged.", ("stream_type",)),
    Metric("homeward_log_size", "gauge", "Facts in the log."),
    Metric(
        "homeward_turn_seconds",
        "histogram",
        "From the ring to the commit of one sweep that heard something.",
        ("consumer",),
    ),
    Metric(
        "homeward_facts_heard_total",
        "counter",
        "Facts that a consumer heard, by what rang: bell (a broker), sweep, or cascade (what a "
        "sweep's own turn said). A server without a broker has only sweeps.",
        ("consumer", "by"),
    ),
    Metric("homeward_sweep_holder", "gauge", "1 in the process that sweeps for all, 0 elsewhere."),
    Metric("homeward_parked_keys", "gauge", "Keys that wait for a hand; must be 0."),
    Metric("homeward_unheard_facts", "gauge", "Facts that a consumer lags behind.", ("consumer",)),
    Metric("homeward_host_retries_total", "counter", "Rounds tried again.", ("part",)),
    Metric("homeward_wakes_said_total", "counter", "Moments that came."),
    Metric("homeward_request_seconds", "histogram", "Requests answered.", ("route", "status")),
    Metric("homeward_handovers_total", "counter", "Messages by verdict.", ("channel", "verdict")),
    Metric("homeward_send_seconds", "histogram", "One batch through a channel.", ("channel",)),
    Metric(
        "homeward_in_flight",
        "gauge",
        "Messages handed to a channel that has not answered yet; what is over has its own line.",
        ("channel", "line"),
    ),
    Metric("homeward_rate_waits_total", "counter", "Waits for a channel's own rate.", ("channel",)),
    Metric(
        "homeward_first_handover_seconds",
        "histogram",
        "From an order's acceptance to its first accepted hand-over.",
        ("purpose",),
    ),
    Metric(
        "homeward_alert_to_handover_seconds",
        "histogram",
        "From an alert's acceptance to its first recorded hand-over, both by the database's clock.",
    ),
    Metric(
        "homeward_people_total",
        "counter",
        "People by what became of them since this process began: ordered, already (told before), "
        "suppressed (each time they are looked at), unreachable, accepted, failed, expired.",
        ("outcome",),
    ),
    Metric("homeward_open_chunks", "gauge", "Chunks of the ledger without an outcome."),
    Metric("homeward_open_people", "gauge", "Recipients in open chunks."),
    Metric("homeward_oldest_open_seconds", "gauge", "Age of the oldest open chunk."),
    Metric(
        "homeward_queue_oldest_seconds",
        "gauge",
        "Age of the oldest chunk that waits: what is over, hubs, everybody.",
        ("queue",),
    ),
    Metric("homeward_sightings_waiting", "gauge", "Sightings that nobody has decided about."),
    Metric(
        "homeward_oldest_sighting_seconds",
        "gauge",
        "Age of the oldest of them, on the case clock; those told after 72 hours do not count.",
    ),
    Metric("homeward_recipients", "gauge", "Registered recipients.", ("kind",)),
    Metric("homeward_positions_total", "counter", "Positions said, by outcome.", ("outcome",)),
    Metric(
        "homeward_positions_sent_total",
        "counter",
        "Positions of an API that has a broker, by the way they went: kafka, or database while "
        "the broker is away or slow.",
        ("way",),
    ),
    Metric("homeward_positions_waiting", "gauge", "Positions that wait to be written."),
    Metric(
        "homeward_suppressed_total",
        "counter",
        "People whom a look passed over, by why: paused, severity (they want to hear of nothing so "
        "mild), distance, quiet, budget (their day is spent), alone (one officer's word tells no "
        "more). Counted at each order and wake.",
        ("reason",),
    ),
    Metric(
        "homeward_latecomers_total",
        "counter",
        "People told because they came into a live area, or may be told by now.",
    ),
    Metric("homeward_lanes_held", "gauge", "Lanes that this worker serves."),
    Metric(
        "homeward_lanes_unserved",
        "gauge",
        "Lanes that no worker serves, as this one sees it: sweeps hear for them, latecomers wait.",
    ),
    Metric("homeward_index_people", "gauge", "Recipients that the index knows.", ("lane",)),
    Metric(
        "homeward_index_age_seconds",
        "gauge",
        "Since the index was known to hold every change of the roster.",
        ("lane",),
    ),
    Metric("homeward_index_bytes", "gauge", "What the index's arrays take.", ("lane",)),
    Metric("homeward_index_load_seconds", "gauge", "Its last load took so long.", ("lane",)),
    Metric("homeward_unreachable_hubs_total", "counter", "Hubs ahead that nobody can tell."),
    Metric(
        "homeward_consumer_lag",
        "gauge",
        "Records of a topic that the workers have not acknowledged; the relay looks.",
        ("topic",),
    ),
    Metric(
        "homeward_relay_lag_facts",
        "gauge",
        "Facts that the relay with the lease has yet to publish: growing, bells are late.",
    ),
    Metric(
        "homeward_relay_sent_total",
        "counter",
        "Facts that a broker acknowledged; those sent again after a failure count again.",
    ),
    Metric(
        "homeward_relay_failures_total",
        "counter",
        "Times that the relay had to begin anew: the broker or the database was away.",
        ("part",),
    ),
    Metric("homeward_broker_up", "gauge", "1 while the broker answers this process, else 0."),
    Metric("homeward_refusals_total", "counter", "Requests refused.", ("code",)),
    Metric(
        "homeward_bell_queue",
        "gauge",
        "Records that were delivered and wait to be heard; the queue holds 5,000.",
    ),
    Metric("homeward_bell_oldest_seconds", "gauge", "The oldest of them waits so long."),
    Metric("homeward_rebalances_total", "counter", "Times that partitions were assigned."),
    Metric(
        "homeward_reading_alarms_total",
        "counter",
        "Accounts that opened what is sealed in more than 20 cases within an hour.",
    ),
    Metric(
        "homeward_rubbish_total",
        "counter",
        "Records that are nothing of ours, and were passed over.",
        ("topic",),
    ),
)


class PrometheusMeter:
    """The `Meter` port over a registry of its own.

    A gauge is shown once it was set: a process that knows nothing of the broker must not say 0.
    """

    def __init__(self) -> None:
        """Declare the catalogue."""
        self.registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._shown, self._showing = set[str](), Lock()
        self._histograms: dict[str, Histogram] = {}
        for one in CATALOGUE:
            if one.type == "counter":
                made = Counter(one.name, one.meaning, one.labels, registry=self.registry)
                self._counters[one.name] = made
            elif one.type == "gauge":
                gauge = Gauge(one.name, one.meaning, one.labels, registry=None)
                self._gauges[one.name] = gauge
            else:
                self._histograms[one.name] = Histogram(
                    one.name, one.meaning, one.labels, registry=self.registry, buckets=SECONDS
                )

    def count(self, name: str, by: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        found = self._counters[name]
        (found.labels(**labels) if labels else found).inc(by)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Add a value to a histogram."""
        found = self._histograms[name]
        (found.labels(**labels) if labels else found).observe(value)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        found = self._gauges[name]
        if name not in self._shown:
            with self._showing:
                if name not in self._shown:
                    self.registry.register(found)
                    self._shown.add(name)
        (found.labels(**labels) if labels else found).set(value)

    def text(self) -> bytes:
        """Return all figures in the Prometheus text format."""
        return generate_latest(self.registry)
