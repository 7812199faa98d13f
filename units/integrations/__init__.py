"""Let frameworks begin and end units; each module needs its framework, and only when imported."""
