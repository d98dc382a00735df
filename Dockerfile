# One image for every app; the command chooses which one runs.
FROM node:24.20-bookworm-slim AS manifest
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

# A stage of its own, so that a change in the code leaves this large layer as it is.
FROM manifest AS dependencies
RUN npm ci --omit=dev

FROM manifest AS build
RUN npm ci
COPY . .
RUN npm run build

FROM node:24.20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json nest-cli.json ./
COPY tools/start.sh tools/
COPY --from=build /app/dist dist
USER node
ENTRYPOINT ["sh", "tools/start.sh"]
CMD ["api"]
