"""What a source file holds: read, checked and compared row by row. Standard library only."""
