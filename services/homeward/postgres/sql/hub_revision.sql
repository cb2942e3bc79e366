SELECT hub_revision FROM roster_head
