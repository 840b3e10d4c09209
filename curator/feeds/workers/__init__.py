"""Worker processes that parse bytes from the internet: whatever a page does to its parser, only that process dies.

    thread ──socket── worker         Each thread here owns one process there. The processes share nothing,
    thread ──socket── worker         so a dead or hanging one is an end of file on its own socket.
       └─── fork server ───┘         Imports the heavy parsers once and forks a worker in milliseconds.

The fork server is a fresh interpreter without threads, models or our open files. It leads a session of its own, so Ctrl-C in
the terminal does not reach it; the end of this process, however it comes, is an end of file on its control socket, and it
then ends all workers.

Jobs are sent to the workers with pickle, because this process is trusted. Results come back as msgpack and are decoded as
the type that the job is annotated to return: hostile bytes that take over a worker can send nothing but such values.
"""

from curator.feeds.workers.pool import FEED_READERS, READERS, InlineWorkers, LocalWorkers
from curator.feeds.workers.remote import RemoteWorkers

__all__ = ["FEED_READERS", "READERS", "InlineWorkers", "LocalWorkers", "RemoteWorkers"]
