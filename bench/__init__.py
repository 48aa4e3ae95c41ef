"""Measures the recorder against its peers and prints what was reached: `make bench`."""
