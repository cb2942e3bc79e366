"""Shipped for tests, ours and others: memory adapters, contract suites, histories, a simulator."""
