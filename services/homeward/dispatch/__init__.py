"""Handing messages over: the ledger's chunks through channels, outcomes back into the ledger."""
