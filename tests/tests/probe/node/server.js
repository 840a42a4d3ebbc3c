// Serves one of these applications on a free port of this machine, and prints the port: node server.js NAME
import expressCors from "cors";
import express from "express";
import Koa from "koa";
import koaCors from "@koa/cors";

const origins = ["https://app.example", "https://admin.example"];

// The settings that `comparison.md` compares middleware with.
const withKoaCors = () => {
  const app = new Koa();
  app.use(koaCors({
    origin: (context) => (origins.includes(context.get("origin")) ? context.get("origin") : ""),
    credentials: true,
    allowMethods: ["PUT"],
    allowHeaders: ["x-a"],
    exposeHeaders: ["x-id"],
  }));
  app.use((context) => { context.body = "handler"; });
  return app;
};

const withExpressCors = () => {
  const app = express();
  app.use(expressCors({
    origin: origins,
    credentials: true,
    methods: ["PUT"],
    allowedHeaders: ["x-a"],
    exposedHeaders: ["x-id"],
  }));
  app.use((request, response) => { response.send("handler"); });
  return app;
};

// How a first API for a page at another port grows, in Koa.
const koaStep = (...middleware) => () => {
  const app = new Koa();
  for (const one of middleware) app.use(one);
  app.use((context) => { context.body = { message: "hello" }; });
  return app;
};
const anyOrigin = async (context, next) => {
  context.set("Access-Control-Allow-Origin", "*");
  await next();
};

// The same in Express, without middleware.
const expressStep = (add) => () => {
  const app = express();
  add(app);
  return app;
};
const hello = (headers) => (request, response) => response.set(headers).send("hello");
const any = { "Access-Control-Allow-Origin": "*" };

const applications = {
  koa_cors: withKoaCors,
  express_cors: withExpressCors,
  koa_without: koaStep(),
  koa_any_origin: koaStep(anyOrigin),
  koa_middleware: koaStep(koaCors()),
  koa_credentials: koaStep(koaCors({ origin: "http://localhost:3000", credentials: true })),
  koa_max_age: koaStep(koaCors({ origin: "http://localhost:3000", credentials: true, maxAge: 600 })),
  express_without: expressStep((app) => app.get("/", hello({}))),
  express_any_origin: expressStep((app) => app.get("/", hello(any))),
  express_origins_in_one_line: expressStep((app) =>
    app.get("/", hello({ "Access-Control-Allow-Origin": "http://localhost:4321, https://app.example" }))),
  express_options: expressStep((app) => {
    app.get("/", hello(any));
    app.options("/", (request, response) => {
      response.set({ ...any, "Access-Control-Allow-Headers": "Content-Type" }).sendStatus(204);
    });
  }),
  express_lists: expressStep((app) => {
    app.get("/", hello(any));
    app.post("/", hello(any));
    app.options("/", (request, response) => {
      response.set({
        ...any,
        "Access-Control-Allow-Headers": "Content-Type, Authorization",
        "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
      }).sendStatus(204);
    });
  }),
};

const server = applications[process.argv[2]]().listen(0, "127.0.0.1", () => {
  console.log(server.address().port);
});
