"""What mutmut would change in one module, each change as the whole text of the changed module.

mutmut's own runner puts all mutants of a function side by side behind a trampoline, needs one
source tree for that, and leaves out whatever is decorated: most of our values (frozen dataclasses)
and all that is kept in a cache. We take its changes, to decorated code too, and write each of them
into a text of its own.
"""

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines


@dataclass(frozen=True)
class Mutant:
    """One change of one function or method."""

    function: str
    text: str  # of the whole module
    change: tuple[str, ...]  # the lines that differ, "-" before and "+" after

    @property
    def id(self) -> str:
        """The same for the same text, in whatever order mutants are made."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


class _Visitor(MutationVisitor):
    """mutmut's, but it goes into decorated classes and functions; decorators stay as they are."""

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.Decorator):
            return True
        if isinstance(node, libcst.FunctionDef | libcst.ClassDef) and node.decorators:
            node = node.with_changes(decorators=())
        return super()._skip_node_and_children(node)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of the module's functions and methods, in the order of the text.

    What stands outside of functions (constants, fields) is left alone, as mutmut's runner does.
    """
    before = path.read_text()
    wrapper = MetadataWrapper(libcst.parse_module(before))
    ignored = get_ignored_lines(str(path), before, wrapper)
    visitor = _Visitor(mutation_operators, ignored)
    module = wrapper.visit(visitor)
    places = dict(_places(module))
    parts = [module.code_for_node(node) for node in module.body]
    head, foot = ("".join(map(module.code_for_node, one)) for one in (module.header, module.footer))
    assert head + "".join(parts) + foot == before
    seen = {before}
    for mutation in visitor.mutations:
        inside = mutation.contained_by_top_level_function
        if not isinstance(inside, libcst.FunctionDef):
            continue
        row, name = places[inside]
        changed = _applied(module, module.body[row], mutation)
        after = "".join((head, *parts[:row], changed, *parts[row + 1 :], foot))
        if after not in seen:  # two operators can say the same
            seen.add(after)
            yield Mutant(name, after, _change(before, after))


def _places(module: libcst.Module) -> Iterator[tuple[libcst.FunctionDef, tuple[int, str]]]:
    """Of each function and method: the row of the statement it lies in, and its name."""
    for row, node in enumerate(module.body):
        if isinstance(node, libcst.FunctionDef):
            yield node, (row, node.name.value)
        elif isinstance(node, libcst.ClassDef):
            for inner in node.body.body:
                if isinstance(inner, libcst.FunctionDef):
                    yield inner, (row, f"{node.name.value}.{inner.name.value}")


def _applied(module: libcst.Module, within: libcst.CSTNode, mutation: Mutation) -> str:
    changed = within.deep_replace(mutation.original_node, mutation.mutated_node)
    assert isinstance(changed, libcst.CSTNode)
    return module.code_for_node(changed)


def _change(before: str, after: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return tuple(
        f"{line[0]} {line[1:].strip()}"
        for line in lines
        if not line.startswith(("---", "+++", "@@"))
    )
