SELECT key, revision FROM processor_states WHERE processor = $1 AND live
