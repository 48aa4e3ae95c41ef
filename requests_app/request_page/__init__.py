"""The page of one request: its stream, its facts, how it stood before, and its named logs."""
