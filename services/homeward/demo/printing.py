"""The report as people read it."""

import shutil
import sys
from collections.abc import Sequence

from homeward.demo.ordering import Order
from homeward.demo.report import HubFigures, Report
from homeward.demo.telling import Teller

WIDTHS = (4, 8, 8, 7, 9, 11, 13)


def print_report(report: Report, teller: Teller) -> None:
    """Print the figures; what is judged is green or red."""
    verdict, hubs = report.verdict, report.hubs
    teller.title(f"Report of case {report.case}")
    teller.row(
        ("wave", "minutes", "km", "told", "so far", "circle km", "circle told"), WIDTHS, "dim"
    )
    for one in report.waves:
        teller.row(
            (
                one.wave,
                one.minutes,
                f"{one.radius_km:.0f}",
                f"{one.people:,}",
                f"{one.people_so_far:,}",
                f"{one.other_radius_km:.0f}",
                f"{one.other_so_far:,}",
            ),
            WIDTHS,
        )
    teller.step("  circle: Tuanyuan's, at the same moments, counted over the same roster")
    teller.title("By the receiving side's own file and the log")
    teller.figure("volunteers inside the waves (counted the slow way)", f"{verdict.eligible:,}")
    teller.figure("of them told", f"{verdict.told:,}")
    teller.figure("missing", verdict.missing, good=verdict.missing == 0)
    teller.figure("told outside the waves", verdict.outside, good=verdict.outside == 0)
    teller.figure("shown twice", verdict.shown_twice, good=verdict.shown_twice == 0)
    teller.figure("repeated under the same id, and recognised", verdict.repeated)
    teller.figure(
        "told, but not told that it is over",
        verdict.close_out_missing,
        good=verdict.close_out_missing == 0,
    )
    _print_orders(report.orders, teller)
    teller.figure("first hand-over after the alert, s", f"{report.first_handover_s:.3f}")
    if report.first_after_sighting_s is not None:
        first_s = f"{report.first_after_sighting_s:.3f}"
        teller.figure("first hand-over after the sighting, s", first_s)
    teller.title("Hubs")
    teller.figure("ordered to watch", hubs.ordered)
    teller.figure("ordered before the van could be there", f"{hubs.in_time} of {hubs.ahead} ahead")
    teller.figure("watching (acknowledged)", hubs.acknowledged)
    teller.figure("silent: next contact asked / police desk asked", _two(hubs))
    teller.figure("ahead without a contact: alarmed, not counted", hubs.unreachable)
    teller.title("Look at it again")
    reopen = report.reopen.replace("homeward", _program(), 1)
    teller.step(f"  {reopen}")
    teller.step(f"  {reopen.replace(' timeline ', ' replay ', 1)} --policy circles")


def _print_orders(orders: Sequence[Order], teller: Teller) -> None:
    for order in orders:
        when = f"nearest tenth after {order.near_s:.1f} s, farthest {order.far_s:.1f} s"
        teller.figure(
            f"wave {order.wave}: {order.people:,} told, nearest first (rank correlation)",
            f"{order.correlation:.3f}; {when}",
            good=order.nearest_first,
        )


def _program() -> str:
    """Return how a shell finds us: after `make demo` the commands are on nobody's PATH."""
    return "homeward" if shutil.which("homeward") else sys.argv[0]


def _two(hubs: HubFigures) -> str:
    return f"{hubs.passed_on} / {hubs.to_desk}"
