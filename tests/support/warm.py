"""A process that has imported everything and forks one command a connection: `python warm.py SOCKET`. Ends with its stdin.

A request is four bytes of length, then JSON {args, cwd, env}, with the descriptors for stdout and stderr; the response is
the exit code in four bytes.
"""

import json
import os
import select
import signal
import socket
import sys


def serve(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # handlers are not waited for
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        _import()
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _handle(connection)
            connection.close()


def _import() -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import aiohttp
    import sentence_transformers
    import trafilatura

    import curator.cli

    assert all((aiohttp, sentence_transformers, trafilatura, curator.cli))


def _handle(connection: socket.socket) -> None:
    body, streams, _, _ = socket.recv_fds(connection, 1 << 16, 2)
    while len(body) < 4 + int.from_bytes(body[:4], "big"):
        body += connection.recv(1 << 16)
    child = os.fork()
    if child == 0:
        connection.close()
        _run(json.loads(body[4:]), *streams)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(code.to_bytes(4, "big", signed=True))
    os._exit(0)


def _run(request: dict[str, object], out: int, err: int) -> None:
    os.setsid()
    for number, stream in enumerate((os.open(os.devnull, os.O_RDONLY), out, err)):
        os.dup2(stream, number)
    for stream in (out, err):
        os.close(stream)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = ["curator", *request["args"]]
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, "rw"[n > 0], encoding="utf-8", closefd=False) for n in range(3))
    from curator.__main__ import main

    main()


if __name__ == "__main__":
    serve(sys.argv[1])
