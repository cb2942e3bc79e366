"""PostgreSQL: a private server, the schema, and an adapter for every port that keeps."""
