"""What runs the pure part: turns, sweeps, hosts, and the opening of what is sealed."""
