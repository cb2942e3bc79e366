"""Where things are: datums, H3 cell sets, covers of areas, the hubs around a place."""
