"""``python -m homeward`` is the command ``homeward``."""

from homeward.cli import main

main()
