"""Plays the stories' scripts on any host."""
