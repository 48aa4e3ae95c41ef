"""Import of another help desk's log: one event per source row, with the claimed actor and time.

`profiles`, `reading`, `layout`, `tracking`, `counting`, `rejects` and `progress` are pure and say
what a file holds; `writing` and `running` put it into the database.
"""
