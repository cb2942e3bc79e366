"""The bell: topics, and what is sent and asked through Kafka's clients. Their only home."""
