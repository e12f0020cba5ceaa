"""Reading files that are not trusted, and writing output whole or not at all."""
