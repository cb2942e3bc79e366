SELECT c.processor, h.size - c.low AS behind FROM consumers c, log_head h ORDER BY 1
