SELECT origin FROM log_head
