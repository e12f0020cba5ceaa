"""One module a question: rows in, a frozen dataclass out."""
