SELECT size FROM log_head
