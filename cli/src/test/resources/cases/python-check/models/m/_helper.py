"""A module, not a model."""
