"""The page on which a message is corrected."""
