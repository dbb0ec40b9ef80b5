"""python-socketio on Debian's Python, driven line by line: `socketio_peer.py server|async|sync [url] <options as JSON>`.

Events and commands (lines.py); the program ends with its input.
  server (AsyncServer on aiohttp)   events: listening port, connect sid auth, event sid args, answer args, disconnect sid
                                    commands: emit event args room, call sid event args, enter sid room, leave sid room, disconnect sid,
                                              cut sid (its connection, as a server that goes away)
  async, sync (the two clients)     events: connect namespace, refused namespace data, ready sids, event namespace name args, answer args,
                                            disconnect namespace, failed text
                                    commands: emit namespace event args, call namespace event args, disconnect
A server answers `sum`, `echo` and `bytes` with what they were given; {"refuse": value} is what its connect handler refuses with,
{"greet": event} what it emits to whom it is about to let in.
A client acknowledges `ask` with what it was given; {"serializer": name, "reconnection": bool} are options of the client itself, all others are of its `connect`.
"""
import socketio

from lines import commands, commands_async, listen, main, tell, unpack


def several(args):
    """As the library wants several arguments."""
    return tuple(unpack(args))


async def serve(options):
    from aiohttp import web

    refusal = options.pop("refuse", None)
    greeting = options.pop("greet", None)
    server = socketio.AsyncServer(async_mode="aiohttp", **options)
    app = web.Application()
    server.attach(app)

    @server.event
    async def connect(sid, environ, auth):
        tell("connect", sid, auth)
        if greeting is not None:
            await server.emit(greeting, to=sid)
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

    await listen(app)
    async for name, *args in commands_async():
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
        elif name == "cut":
            server.start_background_task(server.eio.disconnect, server.manager.eio_sid_from_sid(args[0], "/"))  # waits until all is polled


def handlers(client, namespaces):
    for namespace in namespaces:
        client.on("connect", lambda namespace=namespace: tell("connect", namespace), namespace=namespace)
        client.on("connect_error", lambda data=None, namespace=namespace: tell("refused", namespace, data), namespace=namespace)
        client.on("disconnect", lambda namespace=namespace: tell("disconnect", namespace), namespace=namespace)
        client.on("ask", lambda *args: args, namespace=namespace)
        client.on("*", lambda event, *args, namespace=namespace: tell("event", namespace, event, args), namespace=namespace)


def own(options):
    """The client's own options, taken out of those of its `connect`."""
    defaults = {"serializer": "default", "reconnection": False, "reconnection_delay": 0.01, "randomization_factor": 0}
    return {name: options.pop(name, default) for name, default in defaults.items()}


async def run_async(url, options):
    client = socketio.AsyncClient(handle_sigint=False, **own(options))
    handlers(client, options.get("namespaces", ["/"]))
    try:
        await client.connect(url, **{"wait_timeout": 10, **options})
    except socketio.exceptions.ConnectionError as error:
        tell("failed", str(error))
        return
    tell("ready", client.namespaces)
    async for name, *args in commands_async():
        if name == "emit":
            await client.emit(args[1], several(args[2]), namespace=args[0])
        elif name == "call":
            tell("answer", await client.call(args[1], several(args[2]), namespace=args[0]))
        elif name == "disconnect":
            await client.disconnect()


def run_sync(url, options):
    client = socketio.Client(handle_sigint=False, **own(options))
    handlers(client, options.get("namespaces", ["/"]))
    try:
        client.connect(url, **{"wait_timeout": 10, **options})
    except socketio.exceptions.ConnectionError as error:
        tell("failed", str(error))
        return
    tell("ready", client.namespaces)
    for name, *args in commands():
        if name == "emit":
            client.emit(args[1], several(args[2]), namespace=args[0])
        elif name == "call":
            tell("answer", client.call(args[1], several(args[2]), namespace=args[0]))
        elif name == "disconnect":
            client.disconnect()


if __name__ == "__main__":
    main(serve, run_async, run_sync)
