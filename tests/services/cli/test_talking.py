import json
import stat

import pytest

RECEIPT = {
    "case": "00000000-0000-5000-8000-000000000000",
    "code": "ABCD-EFGH",
    "stream": "case-x",
    "version": 2,
    "facts": [{"id": "f", "kind": "case.verified/1"}],
}
RAISE = (
    *("raise", "--category", "lost-child", "--seen-at", "2026-03-01T10:30:00+08:00"),
    *("--lat", "33.04", "--lon", "115.26", "--datum", "gcj02"),
)


def test_a_decision_is_one_request_under_a_key(at_stub, stub):
    stub.answer(200, RECEIPT)
    code, said, errors = at_stub("case", "verify", "ABCD-EFGH", "--unit", "PSB")
    assert (code, errors) == (0, "")
    assert said == "ABCD-EFGH  case.verified\n"
    [(method, path, body, headers)] = stub.asked
    assert (method, path, body) == ("POST", "/v1/cases/ABCD-EFGH/verify", {"unit": "PSB"})
    assert headers["Authorization"] == "Bearer hw_k_test"
    assert len(headers["Idempotency-Key"]) >= 32


def test_the_same_idempotency_key_is_sent_when_it_is_given(at_stub, stub):
    stub.answer(200, RECEIPT)
    at_stub("case", "close-out", "ABCD-EFGH", "--idempotency-key", "once")
    assert stub.asked[0][3]["Idempotency-Key"] == "once"


def test_what_is_left_out_is_not_sent(at_stub, stub):
    stub.answer(201, RECEIPT | {"link": "http://x/r/1"})
    code, said, _ = at_stub(*RAISE, "--age", 4, "--clothing", "红色")
    assert code == 0
    assert "http://x/r/1" in said
    body = stub.asked[0][2]
    assert body["person"] == {"age_years": 4, "sex": "unknown", "clothing": "红色"}
    assert body["last_seen"]["place"]["datum"] == "gcj02"
    assert "reporter" not in body
    assert "note" not in body


def test_json_is_the_answer_and_nothing_else(at_stub, stub):
    stub.answer(201, RECEIPT | {"link": "l"})
    code, said, errors = at_stub(*RAISE, "--json")
    assert code == 0
    assert json.loads(said)["link"] == "l"
    assert errors == ""


def test_a_refusal_is_one_line_with_its_code_and_mend_and_exit_1(at_stub, stub):
    stub.answer(
        409,
        {
            "title": "The case is over.",
            "status": 409,
            "code": "case-over",
            "detail": "closed-out",
            "mend": "Raise a new case.",
        },
    )
    code, said, errors = at_stub("case", "close-out", "ABCD-EFGH")
    assert (code, said) == (1, "")
    assert errors == "error: The case is over (closed-out) [case-over]. Raise a new case.\n"


def test_an_invalid_field_is_named(at_stub, stub):
    wrong = {"title": "Not understood", "code": "request-invalid", "mend": "Correct it."}
    stub.answer(422, wrong | {"errors": [{"at": "last_seen.at", "says": "no time"}]})
    assert "last_seen.at: no time" in at_stub(*RAISE)[2]


def test_a_store_that_is_away_is_asked_again_when_it_says(at_stub, stub):
    away = {"title": "Away", "code": "store-unavailable", "mend": "Wait."}
    stub.answer(503, away, Retry_After="0")
    stub.answer(200, RECEIPT)
    assert at_stub("case", "close-out", "ABCD-EFGH")[0] == 0
    keys = {headers["Idempotency-Key"] for *_, headers in stub.asked}
    assert len(stub.asked) == 2
    assert len(keys) == 1


def test_something_else_that_answers_is_said_to_be_so(at_stub, stub):
    stub.answer(500, {"oops": 1})
    code, _, errors = at_stub("case", "list")
    assert code == 1
    assert "answered 500" in errors
    assert errors.count("\n") == 1


def test_nobody_answers(homeward, monkeypatch):
    monkeypatch.setenv("HOMEWARD_API_KEY", "hw_k_test")
    code, _, errors = homeward("case", "list", "--url", "http://127.0.0.1:9")
    assert code == 1
    assert "does not answer" in errors
    assert "homeward doctor" in errors


def test_no_server_has_run_here(homeward):
    code, _, errors = homeward("case", "list")
    assert code == 1
    assert "homeward up --drill" in errors
    assert errors.count("\n") == 1


def test_nobody_answers_where_a_server_ran(homeward, home, monkeypatch):
    monkeypatch.setenv("HOMEWARD_API_KEY", "hw_k_test")
    (home / "drill").mkdir()
    (home / "drill" / "url").write_text("http://127.0.0.1:9\n")
    code, _, errors = homeward("case", "list")
    assert code == 1
    assert "no server runs in" in errors
    assert "homeward up --drill" in errors
    assert errors.count("\n") == 1
    assert "no server runs in" in homeward("doctor")[1]


@pytest.mark.parametrize(("world", "chosen"), [("live", "--drill"), ("drill", "--live")])
def test_a_server_of_the_other_world_is_told_nothing(at_stub, stub, world, chosen):
    stub.world = world
    stub.answer(200, RECEIPT)
    code, said, errors = at_stub("case", "close-out", "ABCD-EFGH", chosen)
    assert (code, said, stub.asked) == (1, "", [])
    assert f"is of the {world} world" in errors
    assert f"--{world}" in errors
    assert errors.count("\n") == 1


def test_the_world_is_asked_for_once_a_command(at_stub, stub):
    stub.world = "live"
    stub.answer(200, {"items": [], "next": "1"})
    stub.answer(200, {"items": [], "next": None})
    assert at_stub("case", "list", "--live")[0] == 0
    assert stub.versions == 1


def test_what_has_no_world_is_no_homeward_server(at_stub, stub):
    stub.world = ""
    code, _, errors = at_stub("case", "list")
    assert code == 1
    assert "no Homeward server" in errors
    assert stub.asked == []


def test_no_key(homeward, stub):
    code, _, errors = homeward("case", "list", "--url", stub.url)
    assert code == 1
    assert "HOMEWARD_API_KEY" in errors


def test_an_accounts_key_is_saved_for_its_owner_only_and_used(homeward, home, stub, monkeypatch):
    monkeypatch.setenv("HOMEWARD_URL", stub.url)
    world = home / "drill"
    world.mkdir()
    (world / "admin.key").write_text("hw_admin_x\n")
    stub.answer(201, {"key": "hw_o_x", "prefix": "o", "role": "officer", "account": "o-wang"})
    stub.answer(200, {"items": [], "next": None})
    create = ("keys", "create", "--role", "officer", "--account", "o-wang", "--save")
    code, said, _ = homeward(*create)
    assert code == 0
    assert "hw_o_x" not in said
    assert stat.S_IMODE((world / "keys" / "o-wang.key").stat().st_mode) == 0o600
    assert homeward("case", "list", "--as", "o-wang")[0] == 0
    used = [headers["Authorization"] for *_, headers in stub.asked]
    assert used == ["Bearer hw_admin_x", "Bearer hw_o_x"]


def test_an_account_without_a_key_and_one_that_is_a_path(homeward, home, stub):
    assert "keys create" in homeward("case", "list", "--url", stub.url, "--as", "o-li")[2]
    assert "no account" in homeward("case", "list", "--url", stub.url, "--as", "../x")[2]


def test_no_colour_means_no_escape_codes(at_stub, stub):
    stub.answer(200, {"items": [{"code": "ABCD-EFGH", "status": "alerted"}], "next": None})
    said = at_stub("case", "list")[1]
    assert "\x1b" not in said
    assert said.splitlines()[1].split() == ["ABCD-EFGH", "alerted", "-", "-", "-"]


def test_a_timeline_is_read_page_by_page(at_stub, stub):
    def entry(index):
        return {
            "log_index": index,
            "id": "x",
            "at": "2026-03-01T02:30:00.000000Z",
            "recorded_at": "2026-03-01T02:30:00.000000Z",
            "kind": "case.verified/1",
            "by": "officer",
            "what": {"unit": "PSB"},
        }

    stub.answer(200, {"items": [entry(1)], "next": "1"})
    stub.answer(200, {"items": [entry(2)], "next": None})
    code, said, _ = at_stub("timeline", "ABCD-EFGH", "--as-of", "41")
    assert code == 0
    assert [line.split()[0] for line in said.splitlines()] == ["1", "2"]
    assert "as_of=41" in stub.asked[0][1]
    assert "cursor=1" in stub.asked[1][1]


@pytest.mark.parametrize("setting", ["HOMEWARD_PORT=99999", "HOMEWARD_CASE_CLOCK_RATE=0"])
def test_a_wrong_setting_is_named(homeward, monkeypatch, setting):
    monkeypatch.setenv(*setting.split("="))
    code, _, errors = homeward("config", "show")
    assert code == 1
    assert setting.split("=")[0] in errors
    assert errors.count("\n") == 1


def test_config_masks_the_password(homeward, monkeypatch):
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", "postgresql://u:geheim@h/d")
    code, said, _ = homeward("config", "show", "--json")
    assert code == 0
    assert "geheim" not in said
    shown = {one["setting"]: one for one in json.loads(said)}
    assert shown["HOMEWARD_DATABASE_URL"]["from"] == "set"


def test_doctor_says_what_is_wrong_and_how_to_mend_it(homeward):
    code, said, errors = homeward("doctor")
    assert code == 1
    assert "no server runs" in said
    assert "checks failed" in errors
