"""Ask the tests about each mutant, in a process of its own.

Twice, if need be. First quickly: a process has collected the tests and run none of them, forks, and
the child runs them with one function's code exchanged. What lives is asked about again coldly, in a
process that has imported nothing of ours: a table made at import under the unchanged code, or what
is kept since then, would let a mutant live that the tests would have found.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest
from hypothesis import Phase, settings
from making import Mutant

# Other people's packages, and our schemas: nothing in them depends on what is mutated.
WARM = ("numpy", "h3", "pyroaring", "kafka", "pytest_asyncio.plugin", "homeward.facts")
PYTEST = (
    *("-x", "-q", "-s", "--tb=no", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"),
    *("-p", "_hypothesis_pytestplugin", "--hypothesis-profile=homeward-mutants"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
MEMORY_BYTES_MAX = 4 << 30  # a mutant that collects without end is stopped before the machine is
FACTOR, EXTRA_S = (
    5,
    1,
)  # of the unchanged module's time on the processor, which no load makes longer
FIRST_MAX_S = 600
SURVIVED, KILLED, LATE = "survived", "killed", "late"
COLD = "cold:"  # before a verdict that came in a process of its own
CODES = {0: SURVIVED, 1: KILLED, 2: KILLED, -signal.SIGXCPU: LATE}  # 2: it does not even import
UNTOUCHED = 99
KILLERS_MAX = 5  # tests that killed lately are asked first


class Stopped(Exception):
    """The tests could not be asked: that is no verdict about a mutant."""


def warm_up() -> None:
    """Import what every child needs and no mutant can change."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("CI", None)  # tests that need real inputs may skip: they judge no mutant
    settings.register_profile(  # the same questions to each; one failure is enough, unshrunk
        "homeward-mutants",
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )
    for name in WARM:
        importlib.import_module(name)


class Judge:
    """Asks `tests` about mutants of `module`, whose text is at `path`."""

    def __init__(self, module: str, path: Path, tests: Sequence[str]) -> None:
        self.module, self.path, self.tests = module, path, tests
        self.cpu_s_max = FIRST_MAX_S

    def unchanged(self, text: str) -> None:
        """See that the tests pass, and how long they take. Raises Stopped."""
        code, cpu_s = self._alone(text)
        if code:
            raise Stopped(f"{self.module}: the tests of the unchanged module end with {code}")
        self.cpu_s_max = int(cpu_s * FACTOR) + EXTRA_S

    def quickly(self, mutants: Sequence[Mutant], tell: Callable[[Mutant, str], None]) -> None:
        """Tell a verdict on each that can be exchanged after import. Raises Stopped."""
        asking = _Asking(self, mutants, tell)
        pid = _fork()
        if pid == 0:
            code = 98
            try:
                code = int(pytest.main([*PYTEST, *self.tests], plugins=[asking]))
                code = code if asking.in_child else asking.code
            finally:
                os._exit(code)
        code, _ = _ended(pid)
        if code:
            raise Stopped(f"{self.module}: the quick asking ended with {code}")

    def coldly(self, mutant: Mutant) -> str:
        """Return the verdict of tests that import the mutant. Raises Stopped."""
        return _verdict(self._alone(mutant.text)[0])

    def _alone(self, text: str) -> tuple[int, float]:
        assert self.module not in sys.modules, f"{self.module} is warm"
        pid = _fork(self.cpu_s_max)
        if pid == 0:
            code = 98
            try:
                changed = _Changed(self.module, self.path, text)
                sys.meta_path.insert(0, changed)
                code = int(pytest.main([*PYTEST, *self.tests]))
                code = code if changed.was_asked else UNTOUCHED
            finally:
                os._exit(code)
        return _ended(pid)


def _fork(cpu_s_max: int = 0) -> int:
    """fork, and be silent in the child and bounded."""
    pid = os.fork()
    if pid == 0:
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        if cpu_s_max:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s_max, cpu_s_max + EXTRA_S))
    return pid


def _ended(pid: int) -> tuple[int, float]:
    """Wait for a child: its exit code (or minus its signal) and its time on the processor."""
    _, status, used = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime


def _verdict(code: int) -> str:
    if code not in CODES:
        raise Stopped(f"the tests ended with {code}")
    return CODES[code]


class _Asking:
    """A plugin that forks after the tests were collected, once for each mutant."""

    def __init__(
        self, judge: Judge, mutants: Sequence[Mutant], tell: Callable[[Mutant, str], None]
    ) -> None:
        self.judge, self.mutants, self.tell = judge, mutants, tell
        self.code, self.in_child = 97, False  # 97: not all were asked
        self.killers: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """In the parent True, for all is done; in a child None, so that the tests run."""
        module, parent = sys.modules[self.judge.module], os.getppid()
        self.heard, self.say = os.pipe()
        os.set_blocking(self.heard, False)
        for mutant in self.mutants:
            if os.getppid() != parent:  # whoever waits for us was ended
                return True
            exchange = _exchange(module, mutant)
            if exchange is None:
                continue
            pid = _fork(self.judge.cpu_s_max)
            if pid == 0:
                self.in_child = True
                exchange()
                session.items.sort(key=self._rank)
                return None
            verdict = _verdict(_ended(pid)[0])
            self._listen()
            self.tell(mutant, verdict)
        self.code = 0
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.say, report.nodeid.encode())

    def _rank(self, item: pytest.Item) -> int:
        return -1 - self.killers.index(item.nodeid) if item.nodeid in self.killers else 0

    def _listen(self) -> None:
        try:
            killer = os.read(self.heard, 4096).decode()
        except BlockingIOError:
            return
        self.killers = [*(one for one in self.killers if one != killer), killer][-KILLERS_MAX:]


def _exchange(module: ModuleType, mutant: Mutant) -> Callable[[], None] | None:
    """What puts the mutant's code into the function that everybody holds; None where it cannot."""
    names = mutant.function.split(".")
    code, found = compile(mutant.text, str(module.__file__), "exec", dont_inherit=True), module
    for name in names:
        inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
        if len(inner) != 1 or name not in vars(found):
            return None
        code, found = inner[0], vars(found)[name]
    function = _function(found)
    if function is None or function.__code__ == code:  # a default, say, which is no code
        return None
    if function.__code__.co_freevars != code.co_freevars:
        return None
    return lambda: setattr(function, "__code__", code)


def _function(found: object) -> FunctionType | None:
    """The function behind a property, a method of the class or a cache."""
    while not isinstance(found, FunctionType):
        names = ("fget", "__func__", "__wrapped__", "func")
        inner = next((one for name in names if (one := getattr(found, name, None))), None)
        if inner is None:
            return None
        found = inner
    return found


class _Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Imports one module from a text that is not on disk, under its own path."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        super().__init__(module, str(path))
        self.text, self.was_asked = text, False

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        self.was_asked = True
        return compile(self.text, self.path, "exec", dont_inherit=True)
