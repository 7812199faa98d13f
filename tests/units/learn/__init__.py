"""The exercises of the tutorial, and the command that checks them."""
