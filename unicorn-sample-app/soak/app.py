"""The endpoints of the sample application that the soak and the benchmarks use, for Gunicorn."""

import json
import os
import zlib
from urllib.parse import parse_qs

ALPHABET = b"abcdefghijklmnopqrstuvwxyz"
PIECE = 64 * 1024


def pieces(environ):
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left > 0:
        piece = environ["wsgi.input"].read(min(PIECE, left))
        if not piece:
            break
        left -= len(piece)
        yield piece


def answer(environ):
    path = environ["PATH_INFO"]
    if path == "/hello":
        return b"Hello, World!"
    if path == "/whoami":
        return json.dumps({"pid": os.getpid(), "generation": 1}).encode()
    if path == "/echo":
        return b"".join(pieces(environ))
    if path == "/bytes":
        count = int(parse_qs(environ["QUERY_STRING"])["n"][0])
        return (ALPHABET * (count // 26 + 1))[:count]
    if path == "/upload":
        count = checksum = 0
        for piece in pieces(environ):
            count += len(piece)
            checksum = zlib.crc32(piece, checksum)
        return f"{count} bytes, crc32 {checksum:08x}\n".encode()
    return None


def application(environ, start_response):
    body = answer(environ)
    start_response("200 OK" if body is not None else "404 Not Found",
                   [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body or b"")))])
    return [body or b""]
