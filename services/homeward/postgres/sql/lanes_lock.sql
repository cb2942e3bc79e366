LOCK TABLE processor_states, wakes, consumers, parked_keys, lanes IN SHARE ROW EXCLUSIVE MODE
