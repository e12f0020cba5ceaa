"""Files of a bundle as typed rows."""
