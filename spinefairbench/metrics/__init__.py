"""Report text to labels, classes and per-pair values; pure."""
