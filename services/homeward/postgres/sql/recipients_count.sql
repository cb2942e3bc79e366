SELECT kind, count(*) FROM recipients GROUP BY kind
