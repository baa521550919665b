"""MiniStack on a loopback port, which counts the requests it gets: GET /_count answers how many since the last time."""

import asyncio
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

seen = 0


async def counting(scope, receive, send):
    global seen
    if scope["type"] == "http" and scope["path"] == "/_count":
        body, seen = str(seen).encode(), 0
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        return await send({"type": "http.response.body", "body": body})
    if scope["type"] == "http":
        seen += 1
    return await ministack.app(scope, receive, send)


config = Config()
config.bind = [f"127.0.0.1:{sys.argv[1]}"]
config.keep_alive_timeout = 3600
config.backlog = 1024
config.loglevel = "WARNING"
asyncio.run(serve(counting, config))
