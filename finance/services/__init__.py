"""The verbs of money: one function each, and the only writers."""
