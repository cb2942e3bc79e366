SELECT DISTINCT key FROM processor_states WHERE processor ~ '^fanout\.' ORDER BY key
