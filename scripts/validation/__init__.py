"""Simulations of every interval, p value, rank, verdict and power that the commands print."""
