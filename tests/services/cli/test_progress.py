"""Long work says how far it is, also where nobody sees a bar."""

from homeward.cli.progress import bar


def test_in_a_file_each_tenth_is_a_line_of_its_own(capsys):
    with bar() as progress:
        task = progress.add_task("judging", total=2_000)
        for done in range(1, 2_001):
            progress.update(task, completed=done)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "judging 200 of 2,000"
    assert said[-1] == "judging 2,000 of 2,000"
    assert len(said) == 10


def test_what_is_short_says_that_it_is_done(capsys):
    with bar() as progress:
        task = progress.add_task("reading", total=3)
        progress.update(task, advance=3)
    assert capsys.readouterr().err == "reading 3 of 3\n"
