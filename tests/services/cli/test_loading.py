import json

HEADER = "kind,name,lat,lon,source,ref,contact1\n"


def test_hubs_are_sent_in_batches_and_every_bad_line_is_listed(at_stub, stub, tmp_path):
    file = tmp_path / "hubs.csv"
    good = "".join(f"rail,A{n},33,115,d,{n},inbox\n" for n in range(600))
    file.write_text(HEADER + good + "rail,B,99,115,d,b,\n" + "rail,C,33,115,d,c,\n")
    stub.answer(200, {"kept": 500, "recipients": [], "refused": []})
    refused = {"row": 100, "code": "recipient-wrong", "detail": "not here"}
    stub.answer(200, {"kept": 100, "recipients": [], "refused": [refused]})
    code, said, errors = at_stub("hubs", "load", file)
    assert code == 0
    assert [len(body["hubs"]) for _, _, body, _ in stub.asked] == [500, 101]
    assert {path for _, path, _, _ in stub.asked} == {"/v1/hubs/batch"}
    assert "600 of 602 hubs kept, 2 bad lines" in said
    assert "line 602: latitude" in errors
    assert "line 603: recipient-wrong: not here" in errors


def test_the_number_of_listed_lines_can_be_chosen(at_stub, stub, tmp_path):
    file = tmp_path / "hubs.csv"
    file.write_text(HEADER + "rail,A,33,115,d,1,\n" + "x\n" * 5)
    stub.answer(200, {"kept": 1, "recipients": [], "refused": []})
    _, _, errors = at_stub("hubs", "load", file, "--bad-lines", "2")
    assert errors.count("line ") == 2
    assert "and 3 more" in errors


def test_json_says_every_bad_line(at_stub, stub, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("kind,lat,lon\nvolunteer,33,115\nspy,33,115\n")
    stub.answer(200, {"kept": 1, "recipients": [], "refused": []})
    code, said, _ = at_stub("recipients", "import", file, "--json")
    assert code == 0
    found = json.loads(said)
    assert (found["rows"], found["kept"], [one["number"] for one in found["bad"]]) == (2, 1, [3])
    [body] = stub.asked[0][2]["recipients"]
    assert body["kind"] == "volunteer"
    assert len(body["cells"]) == 1


def test_a_file_without_a_good_line_exits_1(at_stub, stub, tmp_path):
    file = tmp_path / "hubs.csv"
    file.write_text(HEADER + "x\n")
    code, _, errors = at_stub("hubs", "load", file)
    assert code == 1
    assert "no good line" in errors
    assert stub.asked == []


def test_a_file_that_is_another_table_or_not_there(at_stub, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n")
    code, _, errors = at_stub("hubs", "load", tmp_path / "x.csv")
    assert code == 1
    assert "lacks kind" in errors
    code, _, errors = at_stub("hubs", "load", tmp_path / "y.csv")
    assert code == 1
    assert "No such file" in errors


def test_counts(at_stub, stub):
    stub.answer(200, {"counts": {"volunteer": 10_000, "hub": 40}})
    assert at_stub("recipients", "count")[1] == "volunteer  10000\nhub        40\n"
