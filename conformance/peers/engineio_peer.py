"""python-engineio on Debian's Python, driven line by line: `engineio_peer.py server|async|sync [url] <options as JSON>`.

Events and commands (lines.py); the program ends with its input.
  server (AsyncServer on aiohttp)   events: listening port, connect sid query, message sid data, disconnect sid
                                    commands: send sid data, disconnect sid, transport sid
  async, sync (the two clients)     events: connect, ready transport, message data, disconnect, failed text body
                                    commands: send data, burst count, transport, disconnect
A server echoes unless {"echo": false}. {"refuse": value} is what its connect handler returns.
"""
import asyncio

import engineio

from lines import commands, commands_async, listen, main, tell, unpack


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
        tell("message", sid, data)
        if echo:
            await server.send(sid, data)

    @server.on("disconnect")
    def disconnect(sid):
        tell("disconnect", sid)

    await listen(app)
    async for name, *args in commands_async():
        if name == "send":
            await server.send(args[0], unpack(args[1]))
        elif name == "disconnect":
            asyncio.ensure_future(server.disconnect(args[0]))  # waits for its queue
        elif name == "transport":
            tell("transport", server.transport(args[0]))


def handlers(client):
    client.on("connect", lambda: tell("connect"))
    client.on("message", lambda data: tell("message", data))
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
    async for name, *args in commands_async():
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
    for name, *args in commands():
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
    main(serve, run_async, run_sync)
