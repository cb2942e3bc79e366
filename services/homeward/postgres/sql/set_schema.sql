SET LOCAL search_path TO @schema, pg_temp
