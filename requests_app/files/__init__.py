"""Files as pages show and give them out."""
