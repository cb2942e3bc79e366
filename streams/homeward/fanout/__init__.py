"""From an order to the people it is for: the rule, the index, the chunks."""
