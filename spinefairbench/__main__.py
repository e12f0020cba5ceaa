"""`python3 -m spinefairbench`: the same program as reviewer_verify.py."""

from spinefairbench.cli import entry_point

if __name__ == "__main__":
    entry_point()
