import contextlib
import time
from collections import Counter

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.formats.rosterbodies import body_of
from homeward.formats.rosterfiles import Kept, Tally, read_hubs, read_recipients
from homeward.formats.tables import BadLine, NoSuchTable
from homeward.geography.datum import wgs84_to_gcj02
from homeward.geography.hubbook import Duty
from homeward.http.enrolling import RecipientBody, recipient_of
from homeward.ports import Contact, Recipient
from homeward.words import RecipientKind, Severity, Tier

HUBS = "kind,name,lat,lon,country,source,ref,precision_m"
LINQUAN = (33.0416, 115.2576)  # the county seat


def opened(found):
    """Recipients in place of the lines that were kept."""
    return [one.recipient if isinstance(one, Kept) else one for one in found]


def hubs(*lines, header=HUBS):
    return opened(read_hubs("\n".join([header, *lines]).encode()))


def people(header, *lines):
    return opened(read_recipients("\n".join([header, *lines]).encode()))


def reasons(found):
    return [(one.number, one.reason) for one in found if isinstance(one, BadLine)]


def test_real_hubs_all_71290_are_read_in_seconds(real_data):
    raw = (real_data / "hubs" / "hubs.csv").read_bytes()
    start, tally, ids = time.perf_counter(), Tally(), set()
    found = list(read_hubs(raw))
    for one in found:
        tally.add(one)
        ids.add(one.recipient.id)
    assert (tally.rows, tally.kept, tally.unreachable, tally.bad) == (71_290, 71_290, 71_290, [])
    assert len(ids) == 71_290
    assert found == list(read_hubs(raw))
    assert time.perf_counter() - start < 30


def test_real_hubs_around_linquan_are_as_many_as_the_file_says(real_data):
    found = read_hubs((real_data / "hubs" / "hubs.csv").read_bytes())
    away_km = [
        h3.great_circle_distance(LINQUAN, h3.cell_to_latlng(one.recipient.cells[0]))
        for one in found
    ]
    assert [sum(km <= within for km in away_km) for within in (10, 30, 60, 100)] == [2, 5, 18, 28]


def test_a_hub_is_exact_named_and_told_by_its_contacts_in_order():
    [hub] = hubs(
        "service_area,临泉服务区,33.07,115.26,CN,demo,7,10,webhook:http://h.example/a inbox,inbox,",
        header=HUBS + ",contact1,contact2,contact3",
    )
    assert (hub.kind, hub.hub_kind, hub.name) == (RecipientKind.HUB, "service-area", "临泉服务区")
    assert [h3.get_resolution(cell) for cell in hub.cells] == [10]
    hook = Contact("webhook", "http://h.example/a")
    assert hub.contacts == ((hook, Contact("inbox")), (Contact("inbox"),))


MANNED = HUBS + ",contact1,contact2,contact3,zone,hours,shift1,shift2,shift3"


def test_a_hub_is_open_and_manned_as_its_line_says_and_so_it_reaches_the_api():
    [hub, plain] = hubs(
        "rail,A,52.5,13.4,DE,d,1,10,inbox,,inbox,Europe/Berlin,Mo-Fr 06:00-22:00,,,22:00-06:00",
        "rail,B,33.0,115.0,CN,d,2,10,inbox,,,,,24/7,,",
        header=MANNED,
    )
    assert hub.duty == Duty("Europe/Berlin", "Mo-Fr 06:00-22:00", ("", "22:00-06:00"))
    assert (plain.duty, plain.zone) == (None, "Asia/Shanghai")
    for one in (hub, plain):
        body = body_of(one)
        assert recipient_of(RecipientBody.model_validate({"kind": "hub", **body}), one.id) == one
    assert not {"hours", "shifts", "zone"} & body_of(plain).keys()


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ("inbox,,,Mars/Olympus,,,,", "zone"),
        ("inbox,,,,8 to 5,,,", "hours must be like"),
        ("inbox,,,,,Mo 08:00,,", "times like"),
        ("inbox,,,,,,08:00-09:00,", "shift2 is of nobody"),
    ],
)
def test_hours_that_say_nothing_are_refused(fields, part):
    [(_, reason)] = reasons(hubs(f"rail,A,33,115,CN,d,1,10,{fields}", header=MANNED))
    assert part in reason


def test_a_hub_without_contact_is_kept_and_counted_unreachable():
    tally = Tally()
    for one in read_hubs(f"{HUBS}\nrail,A,33,115,CN,demo,1,10".encode()):
        tally.add(one)
    assert (tally.kept, tally.unreachable) == (1, 1)


def test_a_corrected_name_is_the_same_hub_and_a_second_name_another():
    [before] = hubs("port,Mariehamn,60.1,19.9,AX,unlocode,AXMHQ,10")
    [after, alias] = hubs(
        "port,Mariehamn West,60.1,19.9,AX,unlocode,AXMHQ,10",
        "port,Maarianhamina,60.1,19.9,AX,unlocode,AXMHQ,10",
    )
    assert before.id == after.id != alias.id


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("rail,A,nan,115,CN,d,1,10", "decimal degrees"),
        ("rail,A,1e1,115,CN,d,1,10", "decimal degrees"),
        ("rail,A,91,115,CN,d,1,10", "latitude"),
        ("rail,A,33,181,CN,d,1,10", "longitude"),
        ("rail,A,33,115,CN,d,1", "7 fields"),
        ("rail,,33,115,CN,d,1,10", "name"),
        ("RAIL WAY,A,33,115,CN,d,1,10", "kind"),
        ('rail,"A,33,115,CN,d,1,10', "quotation"),
        ("rail,A\x00,33,115,CN,d,1,10", "control"),
    ],
)
def test_a_bad_hub_line_is_listed_and_the_next_is_kept(line, part):
    bad, good = hubs(line, "rail,B,33,115,CN,d,2,10")
    assert bad.number == 2
    assert part in bad.reason
    assert good.name == "B"


@pytest.mark.parametrize(
    ("contact", "part"),
    [
        ("fax:1", "channel"),
        ("webhook:", "URL"),
        ("webhook:ftp://x", "URL"),
        ("webhook:https://user:pass@h/x", "URL"),
        ("inbox:x", "no address"),
    ],
)
def test_a_bad_contact_is_listed(contact, part):
    [(number, reason)] = reasons(
        hubs(f"rail,A,33,115,CN,d,1,10,{contact}", header=HUBS + ",contact1")
    )
    assert number == 2
    assert part in reason


def test_the_same_line_twice_is_listed_once():
    found = hubs("rail,A,33,115,CN,d,1,10", "rail,A,33,115,CN,d,1,10", "rail,A,33,115,CN,d,1,10")
    assert [number for number, _ in reasons(found)] == [4]


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"", "lacks kind"),
        (b"kind,name\n", "lacks lat"),
        (HUBS.encode() + b",contcat1\n", "'contcat1'"),
        (HUBS.encode() + b",kind\n", "twice"),
        (b"\xff\xfe" + HUBS.encode("utf-16-le"), "UTF-8"),
    ],
)
def test_a_file_that_is_no_hub_table_is_refused_with_the_mend(raw, part):
    with pytest.raises(NoSuchTable, match=part):
        list(read_hubs(raw))


def test_a_file_from_a_spreadsheet_is_read():
    raw = b"\xef\xbb\xbf" + (HUBS + "\r\nrail,A,33,115,CN,d,1,10\r\n,,,,,,,\r\n").encode()
    assert [one.name for one in opened(read_hubs(raw))] == ["A"]


def test_a_line_in_another_encoding_is_listed():
    raw = HUBS.encode() + "\nrail,临泉,33,115,CN,d,1,10\n".encode("gb18030")
    assert "UTF-8" in reasons(read_hubs(raw))[0][1]


def test_a_volunteer_given_as_a_point_leaves_as_a_coarse_cell():
    [one] = people("kind,lat,lon", "volunteer,33.0416,115.2576")
    assert one.cells == (h3.latlng_to_cell(*LINQUAN, 7),)
    assert one.contacts == ((Contact("inbox"),),)


def test_a_point_from_a_chinese_map_is_shifted_back():
    lat, lon = wgs84_to_gcj02(*LINQUAN)
    [one] = people("kind,lat,lon,datum", f"camera-owner,{lat:.7f},{lon:.7f},gcj02")
    assert one.cells == (h3.latlng_to_cell(*LINQUAN, 10),)


def test_everything_a_recipient_may_say_is_read():
    cells = [h3.latlng_to_cell(33 + step, 115, 7) for step in range(3)]
    [one] = people(
        "id,kind,cell1,cell2,cell3,lang,reach_km_max,severity_min,quiet_from,quiet_to,zone,"
        "channel,address,level",
        f"v.1,volunteer,{','.join(cells)},en,25,severe,22:00,6:30,Asia/Urumqi,webhook,https://x/y,",
    )
    assert one == Recipient(
        id="v.1",
        kind=RecipientKind.VOLUNTEER,
        cells=tuple(cells),
        lang="en",
        reach_km_max=25,
        severity_min=Severity.SEVERE,
        quiet_from_min=1_320,
        quiet_to_min=390,
        zone="Asia/Urumqi",
        contacts=((Contact("webhook", "https://x/y"),),),
    )


@pytest.mark.parametrize(
    ("said", "res"), [("yes", 5), ("TRUE", 5), ("1", 5), ("no", 7), ("", 7), ("0", 7)]
)
def test_a_private_volunteer_leaves_this_machine_as_a_coarser_cell(said, res):
    [one] = people("kind,lat,lon,private", f"volunteer,{LINQUAN[0]},{LINQUAN[1]},{said}")
    assert one.cells == (h3.latlng_to_cell(*LINQUAN, res),)


def test_a_desk_that_names_no_way_holds_no_link_and_has_none():
    named, unnamed = people("kind,channel", "desk,inbox", "desk,")
    assert (named.contacts, unnamed.contacts) == (((Contact("inbox"),),), ())


def test_a_desk_has_a_level_and_needs_no_place():
    [one] = people("kind,level", "desk,2")
    assert (one.level, one.cells) == (2, ())


@pytest.mark.parametrize(
    ("header", "line", "part"),
    [
        ("kind,cell1", f"volunteer,{h3.latlng_to_cell(33, 115, 8)}", "finer than resolution 7"),
        (
            "kind,cell1,private",
            f"volunteer,{h3.latlng_to_cell(33, 115, 7)},yes",
            "finer than resolution 5",
        ),
        ("kind,lat,lon,private", "volunteer,33,115,perhaps", "private must"),
        ("kind,cell1", "volunteer,872a1072bffffffff", "15 hex"),
        ("kind,lat,lon,cell1", f"volunteer,1,1,{h3.latlng_to_cell(1, 1, 7)}", "not both"),
        ("kind,lat,lon", "volunteer,,", "place"),
        ("kind,lat,lon", "hub,1,1", "hubs load"),
        ("kind,lat,lon", "spy,1,1", "kind must"),
        ("kind,lat,lon,datum", "volunteer,1,1,nad27", "datum"),
        ("kind,lat,lon,zone", "volunteer,1,1,Mars/Base", "zone"),
        ("kind,lat,lon,zone", "volunteer,1,1,../../etc/passwd", "zone"),
        ("kind,lat,lon,quiet_from", "volunteer,1,1,22:00", "both"),
        ("kind,lat,lon,quiet_from,quiet_to", "volunteer,1,1,25:00,6:00", "22:00"),
        ("kind,lat,lon,reach_km_max", "volunteer,1,1,-1", "reach_km_max"),
        ("kind,lat,lon,lang", "volunteer,1,1,xx", "lang"),
        ("kind,lat,lon,level", "desk,1,1,4", "level"),
        ("kind,lat,lon,id", "volunteer,1,1,Übel", "id"),
        ("kind,lat,lon,severity_min", "volunteer,1,1,awful", "severity_min"),
    ],
)
def test_a_bad_recipient_is_listed(header, line, part):
    [(number, reason)] = reasons(people(header, line))
    assert number == 2
    assert part in reason


def test_lines_without_ids_keep_theirs_when_the_file_is_loaded_again():
    table = ("kind,lat,lon", "volunteer,33,115", "volunteer,33,115")
    first, again = people(*table), people(*table)
    assert first == again
    assert len({one.id for one in first}) == 2


def test_an_id_twice_is_listed():
    found = people("id,kind,lat,lon", "a,volunteer,1,1", "a,volunteer,2,2")
    assert "same id" in reasons(found)[0][1]


@pytest.mark.parametrize("read", [read_hubs, read_recipients])
@given(lines=st.lists(st.binary(max_size=60), max_size=6))
def test_rubbish_costs_only_its_own_lines(read, lines):
    header = (HUBS + ",contact1") if read is read_hubs else "id,kind,lat,lon,cell1,level"
    good = "rail,A,33,115,CN,d,1,10,inbox" if read is read_hubs else "a,volunteer,1,1,,"
    rubbish = b"\n".join(lines)
    found = list(read(header.encode() + b"\n" + rubbish + b"\n" + good.encode()))
    assert isinstance(found[-1], Kept)
    assert Counter(map(type, found))[Kept] == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(raw):
    with contextlib.suppress(NoSuchTable):
        list(read_hubs(raw))


def test_a_tier_is_read_and_goes_to_the_api():
    found = people(
        "kind,cell1,tier",
        f"volunteer,{h3.latlng_to_cell(*LINQUAN, 7)},vetted",
        f"volunteer,{h3.latlng_to_cell(*LINQUAN, 7)},",
        f"volunteer,{h3.latlng_to_cell(*LINQUAN, 7)},friend",
        "desk,,vetted",
    )
    assert [one.tier for one in found[:2]] == [Tier.VETTED, Tier.PUBLIC]
    assert reasons(found) == [
        (4, "tier must be one of public, vetted"),
        (5, "only a volunteer has a tier"),
    ]
    made = recipient_of(RecipientBody.model_validate(body_of(found[0])), found[0].id)
    assert made == found[0]
