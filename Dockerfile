FROM node:24-slim AS build
WORKDIR /holler
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
WORKDIR /holler
COPY --from=build /holler/package.json ./
COPY --from=build /holler/node_modules ./node_modules
COPY --from=build /holler/dist ./dist
COPY --from=build /holler/db/migrations ./db/migrations
RUN install -d -o node -g node /data
USER node
ENV NODE_ENV=production DATA_DIR=/data
VOLUME /data
# Page, API and WebSocket; STUN/TURN. The relay's own ports (TURN_MIN_PORT-TURN_MAX_PORT) are best served by --network host.
EXPOSE 3000 3478/udp 3478/tcp
CMD ["node", "dist/server/signaling/main.js"]
