"""Judges reach policies against histories whose end is known: what ``homeward backtest`` does.

Reading and writing stand at the edge (`reading`, `writing`, `plotting`); the rest is pure. What a
policy may read and what only the judge knows are different types (`rows`), made by different
functions, so that no policy can be shown the end.
"""
