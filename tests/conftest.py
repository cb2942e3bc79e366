import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.broker import Broker, NoBroker

ROOT = Path(__file__).resolve().parents[1]

# Two slow cores must not fail a property for its speed; a failure prints what repeats it.
settings.register_profile("homeward", deadline=None, print_blob=True)
# The gate asks the same questions each time; chance finds new ones on a developer's machine.
settings.register_profile("homeward-ci", parent=settings.get_profile("homeward"), derandomize=True)
settings.load_profile("homeward-ci" if os.environ.get("CI") == "true" else "homeward")


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real inputs (hubs, population, ...); where there is none, the test skips.

    The gate must not skip: with CI=true a missing folder is a failure.
    """
    said = os.environ.get("HOMEWARD_REAL_DATA")
    folder = Path(said) if said else ROOT.parent / "shared" / "data"
    if folder.is_dir():
        return folder
    why = f"no real data: {'HOMEWARD_REAL_DATA names' if said else 'unset, and no'} {folder}"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One real Kafka for all tests: take names of your own, and leave it running.

    Who kills it starts a `Broker` of its own. The gate must not skip: with CI=true a machine that
    cannot run one is a failure.
    """
    try:
        one = Broker(tmp_path_factory.mktemp("kafka"), brief=True)
        one.__enter__()
    except NoBroker as why:
        if os.environ.get("CI") == "true":
            pytest.fail(str(why))
        pytest.skip(str(why))
    yield one
    one.close()
