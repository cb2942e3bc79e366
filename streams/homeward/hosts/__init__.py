"""How consumers of the log are driven; every host calls the same `hear`, which calls `turn`."""
