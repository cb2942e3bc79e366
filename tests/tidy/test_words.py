import ast
import re

VAGUE = re.compile(
    r"(?:^|_)(?:manager|helpers?|utils?|misc|common)(?:_|$)|(?:Manager|Helper|Util)s?$"
)


def test_every_module_says_what_it_is_for(product):
    silent = [
        file.name for file in product if file.text.strip() and not ast.get_docstring(file.tree)
    ]
    assert silent == []


def test_no_name_is_vague(product):
    """STYLE.md: no manager, helper or util; they say nothing about what is inside."""
    vague = [
        f"{file.name}: {name}"
        for file in product
        for name in [
            *file.name.removesuffix(".py").split("/"),
            *(node.name for node in ast.walk(file.tree) if isinstance(node, ast.ClassDef)),
        ]
        if VAGUE.search(name)
    ]
    assert vague == []


def test_the_namespace_has_no_init(files):
    """An __init__.py at homeward/ would make one ring hide the other two."""
    assert [f.name for f in files if re.fullmatch(r"[a-z]+/homeward/__init__\.py", f.name)] == []
