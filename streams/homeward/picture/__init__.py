"""Where a case can be at a moment, and what its history would have been under another policy.

Pure values made from facts: the API, the command line and the pages draw them (`formats`).
"""
