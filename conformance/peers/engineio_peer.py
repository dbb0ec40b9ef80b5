"""python-engineio on Debian's Python, driven line by line: `engineio_peer.py server|async|sync [url] <options as JSON>`.

Standard output is one JSON list per event, standard input one per command; the program ends with its input. Bytes travel as {"b64": ...}.
  server (AsyncServer on aiohttp)   events: listening port, connect sid query, message sid data, disconnect sid
                                    commands: send sid data, disconnect sid, transport sid
  async, sync (the two clients)     events: connect, ready transport, message data, disconnect, failed text body
                                    commands: send data, burst count, transport, disconnect
A server echoes unless {"echo": false}. {"refuse": value} is what its connect handler returns.
"""
import asyncio
import base64
import json
import logging
import os
import sys
import threading

import engineio

printing = threading.Lock()


def tell(*event):
    with printing:
        print(json.dumps(event), flush=True)


def pack(data):
    return {"b64": base64.b64encode(bytes(data)).decode()} if isinstance(data, (bytes, bytearray)) else data


def unpack(data):
    return base64.b64decode(data["b64"]) if isinstance(data, dict) and list(data) == ["b64"] else data


def leave():
    """At once: threads and parked polls of the library would hold the program."""
    sys.stdout.flush()
    os._exit(0)


async def commands():
    """Lines of standard input, read in a thread of their own so that the loop goes on."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield json.loads(line)


async def serve(options):
    from aiohttp import web

    echo = options.pop("echo", True)
    refusal = options.pop("refuse", None)
    if isinstance(options.get("ping_interval"), list):
        options["ping_interval"] = tuple(options["ping_interval"])
    server = engineio.AsyncServer(async_mode="aiohttp", **options)
    app = web.Application()
    server.attach(app)

    @server.on("connect")
    def connect(sid, environ):
        tell("connect", sid, environ["QUERY_STRING"])
        return refusal

    @server.on("message")
    async def message(sid, data):
        tell("message", sid, pack(data))
        if echo:
            await server.send(sid, data)

    @server.on("disconnect")
    def disconnect(sid):
        tell("disconnect", sid)

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1)
    await site.start()
    tell("listening", site._server.sockets[0].getsockname()[1])
    async for name, *args in commands():
        if name == "send":
            await server.send(args[0], unpack(args[1]))
        elif name == "disconnect":
            asyncio.ensure_future(server.disconnect(args[0]))  # waits for its queue
        elif name == "transport":
            tell("transport", server.transport(args[0]))
    leave()


def handlers(client):
    client.on("connect", lambda: tell("connect"))
    client.on("message", lambda data: tell("message", pack(data)))
    client.on("disconnect", lambda: tell("disconnect"))


def numbered(count):
    return [f"message {index}" for index in range(count)]


async def run_async(url, options):
    client = engineio.AsyncClient(handle_sigint=False)
    handlers(client)
    try:
        await client.connect(url, **options)
    except engineio.exceptions.ConnectionError as error:
        tell("failed", *(list(error.args) + [None])[:2])
        return
    tell("ready", client.transport())
    async for name, *args in commands():
        if name == "send":
            await client.send(unpack(args[0]))
        elif name == "burst":
            for text in numbered(args[0]):
                await client.send(text)
        elif name == "transport":
            tell("transport", client.transport())
        elif name == "disconnect":
            await client.queue.join()  # a client that is busy sending forgets to send its CLOSE
            await client.disconnect()


def run_sync(url, options):
    client = engineio.Client(handle_sigint=False)
    handlers(client)
    try:
        client.connect(url, **options)
    except engineio.exceptions.ConnectionError as error:
        tell("failed", *(list(error.args) + [None])[:2])
        return
    tell("ready", client.transport())
    for line in sys.stdin:
        name, *args = json.loads(line)
        if name == "send":
            client.send(unpack(args[0]))
        elif name == "burst":
            for text in numbered(args[0]):
                client.send(text)
        elif name == "transport":
            tell("transport", client.transport())
        elif name == "disconnect":
            client.queue.join()  # a client that is busy sending forgets to send its CLOSE
            client.disconnect()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # what a test expects to fail is no news
    role, *rest = sys.argv[1:]
    settings = json.loads(rest[-1])
    if role == "server":
        asyncio.run(serve(settings))
    elif role == "async":
        asyncio.run(run_async(rest[0], settings))
    else:
        run_sync(rest[0], settings)
    leave()
