SELECT count(*) FROM protected
