"""Bring mail to applications of other frameworks; each module needs its framework, and only when imported."""
