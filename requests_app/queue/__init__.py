"""The queue: search, filters, order, acts on many requests, exports, the start page."""
