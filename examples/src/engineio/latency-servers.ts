import { type Server as HttpServer, createServer } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Server, connect } from "@x/engineio";
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
  const engine = new Server().attach(http);
  engine.on("connection", (socket) => socket.on("message", () => socket.send("pong")));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const client = await connect(engine.url, { transports: ["websocket"] });
  const startMs = performance.now();
  await client.send("ping");
  await client.receive();
  const latencyMs = performance.now() - startMs;
  console.log(`${name}: ${latencyMs > 0 ? "measured" : "no time passed"}`);
  await engine.close();
  http.close();
}
// prints: node:http: measured
// prints: Express: measured
// prints: Fastify: measured
// prints: Hono: measured
// prints: Koa: measured
