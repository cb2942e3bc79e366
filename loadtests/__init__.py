"""Load tests: what users run and the least a program can do, timed in turn in one run.

``python -m loadtests [--quick] [NAME ...]``; README.md says how to read the figures.
"""
