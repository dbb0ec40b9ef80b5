import { type Server as HttpServer, createServer } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { connect, Server } from "@x/socketio";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";

const fastify = Fastify();
await fastify.ready();
const koa = new Koa().callback();
const servers: Record<string, HttpServer> = {
  "node:http": createServer(),
  Express: createServer(express()),
  Fastify: fastify.server,
  Hono: createAdaptorServer(new Hono()) as HttpServer,
  Koa: createServer((request, response) => void koa(request, response)),
};

for (const [name, http] of Object.entries(servers)) {
  const io = new Server(http);
  io.on("connection", (socket) => {
    socket.on("ping_from_client", (pong: () => void) => pong());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const socket = await connect(io.url ?? "", { transports: ["websocket"] });
  const startMs = performance.now();
  await socket.timeout(10_000).emitWithAck("ping_from_client");
  const latencyMs = performance.now() - startMs;
  console.log(`${name}: ${latencyMs > 0 ? "measured" : "no time passed"}`);
  socket.disconnect();
  await io.close(); // and with it the HTTP server
}
// prints: node:http: measured
// prints: Express: measured
// prints: Fastify: measured
// prints: Hono: measured
// prints: Koa: measured
