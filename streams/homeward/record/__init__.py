"""The exact bytes of the log: envelope, chain, sealing. Pure; keys and nonces are handed in."""
