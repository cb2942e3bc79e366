import ast

from homeward.settings import Settings


def test_every_setting_is_read_by_something(product):
    """A knob that nothing reads lets an operator believe that they changed something."""
    read = {
        node.attr
        for file in product
        if not file.name.endswith("homeward/settings.py")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    assert [name for name in Settings.model_fields if name not in read] == []
