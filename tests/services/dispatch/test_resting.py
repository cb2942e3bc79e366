from homeward.dispatch.channels import resting
from homeward.dispatch.channels.resting import FIRST_REST_S, LONGEST_REST_S, Resting


class Time:
    now = 0.0

    def __call__(self):
        return self.now


def rester():
    time = Time()
    return time, Resting(time, lambda: 1.0)


def test_one_fault_is_nothing():
    _, rest = rester()
    rest.fault("a")
    assert rest.rest_s("a") == 0


def test_the_second_in_a_row_is_a_rest_and_others_have_none():
    _, rest = rester()
    rest.fault("a")
    rest.fault("a")
    assert rest.rest_s("a") == FIRST_REST_S
    assert rest.rest_s("b") == 0


def test_an_answer_ends_it():
    _, rest = rester()
    for _ in range(5):
        rest.fault("a")
    rest.well("a")
    rest.fault("a")
    assert rest.rest_s("a") == 0


def test_rests_grow_to_a_bound():
    _, rest = rester()
    lengths = []
    for _ in range(100):
        rest.fault("a")
        lengths.append(rest.rest_s("a"))
    assert lengths[:4] == [0, FIRST_REST_S, 2 * FIRST_REST_S, 4 * FIRST_REST_S]
    assert lengths[-1] == LONGEST_REST_S


def test_after_a_rest_one_call_goes_first():
    time, rest = rester()
    rest.fault("a")
    rest.fault("a")
    time.now += FIRST_REST_S
    assert rest.rest_s("a") == 0
    assert rest.rest_s("a") > 0


def test_what_strangers_can_make_us_keep_is_bounded(monkeypatch):
    monkeypatch.setattr(resting, "ENDPOINTS_MAX", 10)
    _, rest = rester()
    for n in range(1_000):
        rest.fault(f"https://{n}.example")
        rest.well(f"https://{n}.example.org")
    assert max(len(rest._faulty), len(rest._answered)) <= 10


def test_one_that_answers_others_does_not_rest_however_many_break():
    time, rest = rester()
    for _ in range(50):
        rest.well("a")
        time.now += resting.ALIVE_S / 2
        for _ in range(10):
            rest.fault("a")
            assert rest.rest_s("a") == 0


def test_one_that_fell_silent_rests_a_moment_later():
    time, rest = rester()
    rest.well("a")
    rest.fault("a")
    time.now += resting.ALIVE_S
    rest.fault("a")
    rest.fault("a")
    assert rest.rest_s("a") == FIRST_REST_S
