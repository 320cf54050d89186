# tunnelwarden as a sidecar of the IPsec daemon on the same host:
#
#   docker build -t tunnelwarden .
#   docker run -d --name tunnelwarden --init --network host --cap-add NET_ADMIN --group-add 4 \
#     -v /log:/log:ro -v /etc/tunnelwarden:/etc/tunnelwarden:ro -v tunnelwarden:/var/lib/tunnelwarden \
#     -v /run/charon.vici:/run/charon.vici tunnelwarden
#
# --network host      interfaces, XFRM state and loopback are those of the host; -p is not needed
# --cap-add NET_ADMIN `ip xfrm state` and `ip xfrm policy` are refused without it, although they only read
# --group-add 4       the group that may read the logs: adm on Debian
# charon.vici         where there is one, for a group of the container (charon.group in strongswan.conf);
#                     mount its directory instead where charon is restarted often

FROM node:24-bookworm-slim AS dependencies
WORKDIR /opt/tunnelwarden
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends iproute2 \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --system --gid 9814 tunnelwarden \
  && useradd --system --uid 9814 --gid 9814 --no-create-home --home-dir /var/lib/tunnelwarden \
    --shell /usr/sbin/nologin tunnelwarden \
  && install -d -m 700 -o tunnelwarden -g tunnelwarden /var/lib/tunnelwarden /var/cache/tunnelwarden \
  && install -d /etc/tunnelwarden /log

WORKDIR /opt/tunnelwarden
COPY --from=dependencies /opt/tunnelwarden/node_modules node_modules
COPY package.json LICENSE ./
COPY config config
COPY src src

# Garbage is collected early, as in systemd/tunnelwarden.service.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/var/cache/tunnelwarden \
  NODE_OPTIONS=--max-semi-space-size=1 MALLOC_ARENA_MAX=1
# Compiles everything once, as the user who will run it: Node keeps one cache a user.
USER tunnelwarden
RUN node src/main.ts --help > /dev/null

# The container starts as root for one step only: setpriv becomes the user, keeps CAP_NET_ADMIN for the
# children and gives up all else. Docker cannot do that by USER, which would leave the capability out of
# reach, and `ip` gives up what it has from file capabilities.
USER root
VOLUME ["/log", "/var/lib/tunnelwarden"]
EXPOSE 9814
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9814/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["setpriv", "--reuid=tunnelwarden", "--regid=tunnelwarden", "--keep-groups", "--no-new-privs", \
  "--bounding-set=-all,+net_admin", "--inh-caps=-all,+net_admin", "--ambient-caps=-all,+net_admin", "--", \
  "node", "/opt/tunnelwarden/src/main.ts"]
CMD ["run", "--config", "/etc/tunnelwarden/tunnelwarden.yaml"]
