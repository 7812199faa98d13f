"""Send a file of mails so that none is lost and none is sent twice, whatever happens in between.

`rows` reads the file, `template` and `mails` make a mail of each row, `sending` takes them through `lanes`, which
are the connections, and `journal` remembers what became of each. The order of two things carries it all: that a
row was begun is on the disk before the server can have its mail, and what the server said is written down before
anything else is begun in its place. A row that was begun and has no verdict is therefore the only kind of which
nobody knows, and there are never more of them than `sending.DEPTH` for each connection.
"""
