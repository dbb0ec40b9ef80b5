"""WebSocket peers of other authors, on Debian's Python: `peer.py <library> server` or `peer.py <library> client <url>`.

A server echoes, prints its port, and ends with standard input. A client sends a message of every size and kind, checks the echo,
closes with 4000 "done", and prints what it saw as one line of JSON.
"""
import asyncio
import json
import socket
import sys
import threading

SIZES = [0, 1, 125, 126, 1023, 1024, 65535, 65536, 300000]
TEXTS = [("é" * (size // 2) + "x" * (size % 2)) for size in SIZES]
BLOBS = [bytes((at * 7919) % 251 for at in range(size)) for size in SIZES]
MESSAGES = [message for pair in zip(TEXTS, BLOBS) for message in pair]


def end_with_input():
    sys.stdin.read()
    sys.exit(0)


class Websockets:
    """python3-websockets, with its default compression."""

    @staticmethod
    async def echo(connection, *_):
        import websockets

        try:
            async for message in connection:
                await connection.send(message)
        except websockets.ConnectionClosed:
            pass  # its client tells

    def server(self):
        import websockets

        async def run():
            async with websockets.serve(self.echo, "127.0.0.1", 0, subprotocols=["chat"]) as server:
                print(server.sockets[0].getsockname()[1], flush=True)
                await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

        asyncio.run(run())

    def client(self, url):
        import websockets

        async def run():
            async with websockets.connect(url, subprotocols=["chat"]) as connection:
                echoed = []
                for message in MESSAGES:
                    await connection.send(message)
                    echoed.append(await connection.recv() == message)
                await connection.send(iter(["in ", "three ", "pieces"]))
                echoed.append(await connection.recv() == "in three pieces")
                await (await connection.ping("there"))
                await connection.close(4000, "done")
                extensions = [str(extension) for extension in connection.extensions]
                return {"echoed": echoed, "subprotocol": connection.subprotocol, "extensions": extensions, "closed": [connection.close_code, connection.close_reason]}

        print(json.dumps(asyncio.run(run())))


class WebsocketClient:
    """python3-websocket: a client only."""

    def client(self, url):
        import websocket

        connection = websocket.create_connection(url, subprotocols=["chat"], timeout=20, enable_multithread=True)
        echoed = []
        for message in MESSAGES:
            connection.send(message, websocket.ABNF.OPCODE_TEXT if isinstance(message, str) else websocket.ABNF.OPCODE_BINARY)
            echoed.append(connection.recv() == message)
        connection.ping("there")
        opcode, payload = connection.recv_data(control_frame=True)
        echoed.append(opcode == websocket.ABNF.OPCODE_PONG and payload == b"there")
        connection.send_close(4000, b"done")
        opcode, payload = connection.recv_data()
        closed = [int.from_bytes(payload[:2], "big"), payload[2:].decode()] if opcode == websocket.ABNF.OPCODE_CLOSE else None
        print(json.dumps({"echoed": echoed, "subprotocol": connection.subprotocol, "extensions": [], "closed": closed}))


class Wsproto:
    """python3-wsproto: a protocol without I/O, on plain sockets here."""

    @staticmethod
    def receive(connection, machine, sink):
        """Feeds the machine until `sink` says that it is done. Fragments are put together."""
        from wsproto.events import BytesMessage, TextMessage, Ping

        parts = []
        while True:
            data = connection.recv(65536)
            machine.receive_data(data or None)
            for event in machine.events():
                if isinstance(event, Ping):
                    connection.sendall(machine.send(event.response()))
                elif isinstance(event, (TextMessage, BytesMessage)):
                    parts.append(event.data)
                    if not event.message_finished:
                        continue
                    message = "".join(parts) if isinstance(event, TextMessage) else b"".join(bytes(part) for part in parts)
                    parts = []
                    if sink(message):
                        return
                elif sink(event):
                    return

    def serve(self, connection):
        from wsproto import ConnectionType, WSConnection
        from wsproto.events import AcceptConnection, CloseConnection, Message, Request
        from wsproto.extensions import PerMessageDeflate

        machine = WSConnection(ConnectionType.SERVER)

        def sink(event):
            if isinstance(event, Request):
                connection.sendall(machine.send(AcceptConnection(subprotocol="chat" if "chat" in event.subprotocols else None, extensions=[PerMessageDeflate()])))
            elif isinstance(event, CloseConnection):
                connection.sendall(machine.send(event.response()))
                connection.close()
                return True
            elif isinstance(event, (str, bytes)):
                connection.sendall(machine.send(Message(data=event)))
            return False

        try:
            self.receive(connection, machine, sink)
        except OSError:
            connection.close()

    def server(self):
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)

        def accept():
            while True:
                threading.Thread(target=self.serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        end_with_input()

    def client(self, url):
        from urllib.parse import urlsplit
        from wsproto import ConnectionType, WSConnection
        from wsproto.events import AcceptConnection, CloseConnection, Message, Pong, Ping, Request
        from wsproto.extensions import PerMessageDeflate

        target = urlsplit(url)
        connection = socket.create_connection((target.hostname, target.port), timeout=20)
        machine = WSConnection(ConnectionType.CLIENT)
        seen = {"echoed": [], "subprotocol": None, "extensions": [], "closed": None}
        connection.sendall(machine.send(Request(host=target.netloc, target="/", subprotocols=["chat"], extensions=[PerMessageDeflate()])))

        def wait(kind):
            got = []

            def sink(event):
                got.append(event)
                return isinstance(event, kind)

            self.receive(connection, machine, sink)
            return got[-1]

        accepted = wait(AcceptConnection)
        seen["subprotocol"] = accepted.subprotocol
        seen["extensions"] = [str(extension) for extension in accepted.extensions]
        for message in MESSAGES:
            connection.sendall(machine.send(Message(data=message)))
            seen["echoed"].append(wait((str, bytes)) == message)
        connection.sendall(machine.send(Ping(payload=b"there")))
        seen["echoed"].append(bytes(wait(Pong).payload) == b"there")
        connection.sendall(machine.send(CloseConnection(code=4000, reason="done")))
        closed = wait(CloseConnection)
        seen["closed"] = [int(closed.code), closed.reason]
        print(json.dumps(seen))


LIBRARIES = {"websockets": Websockets, "websocket-client": WebsocketClient, "wsproto": Wsproto}

if __name__ == "__main__":
    peer = LIBRARIES[sys.argv[1]]()
    if sys.argv[2] == "server":
        peer.server()
    else:
        peer.client(sys.argv[3])
