"""Import of another help desk's log: one event per source row, with the claimed actor and time.

`source` is pure and says what a file holds; `writing` and `running` put it into the database.
"""
