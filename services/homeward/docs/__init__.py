"""What is generated from the code: published schemas, the corpus's missing lines, tables.

``python -m homeward.docs`` writes them, ``--check`` says what is stale and ends with 1.
"""
