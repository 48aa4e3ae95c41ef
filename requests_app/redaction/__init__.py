"""The pages on which something is redacted for good."""
