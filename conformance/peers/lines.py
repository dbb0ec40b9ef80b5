"""How the peers are driven: one JSON list per line, events on standard output, commands on standard input. Bytes travel as {"b64": ...}."""
import asyncio
import base64
import json
import logging
import os
import sys
import threading

printing = threading.Lock()


def pack(data):
    if isinstance(data, (bytes, bytearray)):
        return {"b64": base64.b64encode(bytes(data)).decode()}
    if isinstance(data, (list, tuple)):
        return [pack(item) for item in data]
    return {key: pack(value) for key, value in data.items()} if isinstance(data, dict) else data


def unpack(data):
    if isinstance(data, list):
        return [unpack(item) for item in data]
    if isinstance(data, dict):
        return base64.b64decode(data["b64"]) if list(data) == ["b64"] else {key: unpack(value) for key, value in data.items()}
    return data


def tell(*event):
    with printing:
        print(json.dumps(pack(event)), flush=True)


def commands():
    for line in sys.stdin:
        yield json.loads(line)


async def commands_async():
    """Read in a thread of their own, so that the loop goes on."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield json.loads(line)


async def listen(app):
    """Serves an aiohttp application on a free port, and tells which."""
    from aiohttp import web

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1)
    await site.start()
    tell("listening", site._server.sockets[0].getsockname()[1])


async def run(work):
    await work
    leave()


def leave():
    """At once: threads and parked polls of the library would hold the program."""
    sys.stdout.flush()
    os._exit(0)


def main(serve, run_async, run_sync):
    """`server <options>`, `async <url> <options>` or `sync <url> <options>`."""
    logging.disable(logging.CRITICAL)  # what a test expects to fail is no news
    role, *rest = sys.argv[1:]
    options = json.loads(rest[-1])
    if role == "server":
        asyncio.run(run(serve(options)))
    elif role == "async":
        asyncio.run(run(run_async(rest[0], options)))
    else:
        run_sync(rest[0], options)
        leave()
