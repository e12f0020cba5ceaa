"""From a submission to a score, and the identity of the release."""
