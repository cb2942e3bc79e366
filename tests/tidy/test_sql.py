import ast
import re

import pytest

HOMES = ("services/homeward/postgres/sql/", "services/homeward/postgres/migrations/")
STATEMENT = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*"
    r"(?:SELECT\s+\S+.*\b(?:FROM|WHERE)\b|SELECT\s+[\w.]+\s*\(|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s"
    r"|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s*\(|(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?"
    r"(?:TABLE|SCHEMA|ROLE|USER|FUNCTION|INDEX|UNIQUE|TRIGGER|TYPE|DATABASE|EXTENSION)\b|TRUNCATE\s+\w)",
    re.IGNORECASE | re.DOTALL,
)


def is_statement(text):
    """Prose begins with one capital letter ("Select a hub from the list"), SQL with none or all."""
    first = text.split(maxsplit=1)[:1]
    return bool(STATEMENT.match(text)) and (first[0].isupper() or first[0].islower())


def statements(tree):
    """String literals (joined f-string parts too) that read as SQL, docstrings aside."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                pass
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                text += " x FROM x"  # the value may be the rest of the statement
            case _:
                continue
        if is_statement(text):
            yield f"{node.lineno}: {' '.join(text.split())[:80]}"


def test_sql_lives_in_sql_files(product):
    said = [f"{file.name}:{line}" for file in product for line in statements(file.tree)]
    assert said == []


def test_sql_files_live_in_one_place(files):
    strays = [f.name for f in files if f.name.endswith(".sql") and not f.name.startswith(HOMES)]
    assert strays == []


@pytest.mark.parametrize(
    "code",
    [
        'q = "SELECT id FROM events"',
        'q = "select append($1)"',
        'q = f"SELECT {what} FROM events"',
        'q = "insert into events values (1)"',
        'q = """\n  UPDATE log_head SET size = 1"""',
        'q = "WITH x AS (VALUES (1)) TABLE x"',
        'q = f"CREATE SCHEMA {name}"',
    ],
)
def test_planted_sql_is_found(code):
    assert list(statements(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        '"""Select the cells from the area."""',
        'why = "Update the case, or withdraw it."',
        'why = "Select a hub from the list"',
        'label = "With you as reporter"',
        'why = "Delete this form"',
    ],
)
def test_prose_is_not(code):
    assert not list(statements(ast.parse(code)))
