"""The built-in demo: a small, invented company, told through the same services as real work."""
