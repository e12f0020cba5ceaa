"""The changes of the mutation campaign."""
