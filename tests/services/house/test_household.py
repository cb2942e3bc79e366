"""How the processes of a household are started."""

import socket
from types import SimpleNamespace

from homeward.house.supervising import Household, _children
from homeward.settings import Settings


def started(tmp_path, household, **given):
    settings = Settings(data_folder=tmp_path, kafka="127.0.0.1:9", **given)
    postgres = SimpleNamespace(dsn="postgresql://u:secret@/postgres")
    house = SimpleNamespace(settings=settings, world="drill", postgres=postgres)
    with socket.create_server(("127.0.0.1", 0)) as port:
        return _children(house, household, port), port.getsockname()[1]


def test_apis_share_the_port_and_each_other_process_has_figures_of_its_own(tmp_path):
    made, port = started(tmp_path, Household(2, 2, 1, 1), metrics_port=9_110)
    said = {one.name: one.args for one in made}
    assert set(said) == {"api-1", "api-2", "worker-1", "worker-2", "dispatch-1", "relay-1"}
    shared = ["--host", "127.0.0.1", "--port", str(port), "--share-port"]
    assert said["api-1"] == said["api-2"] == ["api", "--drill", "--json", *shared]
    ports = [args[args.index("--metrics-port") + 1] for args in said.values() if args[0] != "api"]
    assert sorted(ports) == ["9110", "9111", "9112", "9113"]


def test_the_kernel_chooses_or_nothing_is_shown(tmp_path):
    for chosen in (0, -1):
        made, _ = started(tmp_path, Household(0, 3, 0, 0), metrics_port=chosen)
        assert {one.args[-1] for one in made} == {str(chosen)}


def test_no_command_line_holds_what_opens_the_database(tmp_path):
    made, _ = started(tmp_path, Household())
    assert all("secret" not in word for one in made for word in one.args)
    assert all("secret" in one.env["HOMEWARD_DATABASE_URL"] for one in made)
    assert len({one.log_file for one in made}) == len(made)
