"""Exercises of the tutorial, and ``python -m units.learn``, which tells how far somebody has come.

Nothing of the library needs this package.  `letterpress` is the shop that the tutorial is about,
each module of `exercises` is one exercise with its answer and its check; the rest writes them into
a folder and checks what has become of them there.
"""
