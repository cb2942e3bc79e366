"""The API under ``/v1`` and the pages: parses requests, asks the desk, answers."""
