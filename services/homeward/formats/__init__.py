"""Other people's files and messages: read leniently line by line, written exactly."""
