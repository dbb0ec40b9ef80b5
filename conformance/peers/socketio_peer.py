"""python-socketio on Debian's Python, driven line by line: `socketio_peer.py server|async|sync [url] <options as JSON>`.

Standard output is one JSON list per event, standard input one per command; the program ends with its input. Bytes travel as {"b64": ...}.
  server (AsyncServer on aiohttp)   events: listening port, connect sid auth, event sid args, answer args, disconnect sid
                                    commands: emit event args room, call sid event args, enter sid room, leave sid room, disconnect sid
  async, sync (the two clients)     events: connect namespace, refused namespace data, ready sids, event namespace name args, answer args,
                                            disconnect namespace, failed text
                                    commands: emit namespace event args, call namespace event args, disconnect
A server answers `sum`, `echo` and `bytes` with what they were given; {"refuse": value} is what its connect handler refuses with.
A client acknowledges `ask` with what it was given.
"""
import asyncio
import base64
import json
import logging
import os
import sys
import threading

import socketio

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


def leave():
    """At once: threads and parked polls of the library would hold the program."""
    sys.stdout.flush()
    os._exit(0)


def several(args):
    """As the library wants several arguments."""
    return tuple(unpack(args))


async def commands():
    """Lines of standard input, read in a thread of their own so that the loop goes on."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield json.loads(line)


async def serve(options):
    from aiohttp import web

    refusal = options.pop("refuse", None)
    server = socketio.AsyncServer(async_mode="aiohttp", **options)
    app = web.Application()
    server.attach(app)

    @server.event
    def connect(sid, environ, auth):
        tell("connect", sid, auth)
        if refusal is not None:
            raise socketio.exceptions.ConnectionRefusedError(*refusal)

    @server.event
    def disconnect(sid):
        tell("disconnect", sid)

    @server.event(namespace="/chat")
    def connect(sid, environ, auth):
        tell("connect", sid, auth)

    @server.event
    async def ask(sid, value):
        tell("event", sid, [value])
        await server.emit("echo", value, to=sid)

    @server.on("*")
    def catch_all(event, sid, *args):
        tell("event", sid, [event, *args])
        return args

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1)
    await site.start()
    tell("listening", site._server.sockets[0].getsockname()[1])
    async for name, *args in commands():
        if name == "emit":
            await server.emit(args[0], several(args[1]), room=args[2])
        elif name == "call":
            tell("answer", await server.call(args[1], several(args[2]), to=args[0]))
        elif name == "enter":
            server.enter_room(args[0], args[1])
        elif name == "leave":
            server.leave_room(args[0], args[1])
        elif name == "disconnect":
            await server.disconnect(args[0])
    leave()


def handlers(client, namespaces):
    for namespace in namespaces:
        client.on("connect", lambda namespace=namespace: tell("connect", namespace), namespace=namespace)
        client.on("connect_error", lambda data=None, namespace=namespace: tell("refused", namespace, data), namespace=namespace)
        client.on("disconnect", lambda namespace=namespace: tell("disconnect", namespace), namespace=namespace)
        client.on("ask", lambda *args: args, namespace=namespace)
        client.on("*", lambda event, *args, namespace=namespace: tell("event", namespace, event, args), namespace=namespace)


async def run_async(url, options):
    client = socketio.AsyncClient(handle_sigint=False, reconnection=False)
    handlers(client, options.get("namespaces", ["/"]))
    try:
        await client.connect(url, **{"wait_timeout": 10, **options})
    except socketio.exceptions.ConnectionError as error:
        tell("failed", str(error))
        return
    tell("ready", client.namespaces)
    async for name, *args in commands():
        if name == "emit":
            await client.emit(args[1], several(args[2]), namespace=args[0])
        elif name == "call":
            tell("answer", await client.call(args[1], several(args[2]), namespace=args[0]))
        elif name == "disconnect":
            await client.disconnect()


def run_sync(url, options):
    client = socketio.Client(handle_sigint=False, reconnection=False)
    handlers(client, options.get("namespaces", ["/"]))
    try:
        client.connect(url, **{"wait_timeout": 10, **options})
    except socketio.exceptions.ConnectionError as error:
        tell("failed", str(error))
        return
    tell("ready", client.namespaces)
    for line in sys.stdin:
        name, *args = json.loads(line)
        if name == "emit":
            client.emit(args[1], several(args[2]), namespace=args[0])
        elif name == "call":
            tell("answer", client.call(args[1], several(args[2]), namespace=args[0]))
        elif name == "disconnect":
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
