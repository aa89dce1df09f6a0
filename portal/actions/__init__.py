"""What a person can do; one transaction each, no Flask."""
