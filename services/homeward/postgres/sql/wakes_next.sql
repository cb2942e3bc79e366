SELECT min(due) FROM wakes
