"""The report of a panel or submission as one page."""
