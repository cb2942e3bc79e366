import ast
from statistics import median

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
MEDIAN_LINES_MIN, MEDIAN_LINES_MAX = 40, 130
FILES_MIN = 20  # below it a median says nothing


def test_no_file_is_long(python):
    assert [f"{file.name}: {file.lines}" for file in python if file.lines > FILE_LINES_MAX] == []


def test_the_median_file_can_be_read_in_one_go(product):
    sizes = [file.lines for file in product if not file.name.endswith("__init__.py")]
    assert len(sizes) < FILES_MIN or MEDIAN_LINES_MIN <= median(sizes) <= MEDIAN_LINES_MAX


def lines(function):
    """Lines of the body, without its docstring: explaining must cost nothing."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_no_function_is_long(product):
    long = [
        f"{file.name}:{node.lineno} {node.name}: {lines(node)}"
        for file in product
        for node in ast.walk(file.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines(node) > FUNCTION_LINES_MAX
    ]
    assert long == []
