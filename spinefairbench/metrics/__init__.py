"""From the text of reports to labels, response classes and per-pair values; pure functions only."""
