"""Mail of the desk: read, kept, put on its request; written, kept as mailed, sent."""
