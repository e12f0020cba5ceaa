"""Numbers to estimates; knows nothing of reports; pure."""
