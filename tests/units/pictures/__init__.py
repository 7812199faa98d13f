"""Pictures of units, in each notation."""
