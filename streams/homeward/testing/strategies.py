"""Hypothesis strategies: lawful histories, and what may befall the run of one."""

from hypothesis import strategies as st

from homeward.testing.histories import History, walk
from homeward.testing.simulation import Trouble


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Return any lawful history; it shrinks to fewer and plainer acts."""
    return walk(0, lambda n: draw(st.integers(0, n - 1)))


def troubles() -> st.SearchStrategy[Trouble]:
    """Return any disturbance: how often what goes wrong, and the chance that decides."""
    share = st.sampled_from([0.0, 0.02, 0.1, 0.3])
    return st.builds(
        Trouble,
        seed=st.integers(0, 2**16),
        crash=st.sampled_from([0.0, 0.005, 0.02, 0.05]),
        away=st.sampled_from([0.0, 0.01, 0.05]),
        lost=share,
        doubled=share,
        shuffled=share,
        duel=share,
    )
