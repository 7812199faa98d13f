"""Decide everything the SMTP client says and believes, without touching a socket."""
