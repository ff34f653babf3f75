# The server and its dashboard. Build: docker build -t simianviz .   Run: docker run --rm -p 8080:8080 simianviz
FROM debian:12-slim AS builder
WORKDIR /build
# What changes rarely first, so that its layers are used again.
COPY script/bootstrap script/bootstrap
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN script/bootstrap --build-only
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY script/build script/build
COPY web web
COPY server server
RUN script/build release && strip build/release/server/simianviz

FROM debian:12-slim
# curl is for the health check; the others are what the server is linked with (tests/tidy/image.sh compares).
RUN apt-get -qq update \
  && apt-get -qq install --yes --no-install-recommends \
    curl libboost-url1.81.0 libfmt9 libprometheus-cpp-core1.0 libspdlog1.10 libstdc++6 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --home-dir /opt/simianviz --shell /usr/sbin/nologin simianviz
WORKDIR /opt/simianviz
COPY --from=builder /build/build/release/server/simianviz bin/simianviz
COPY --from=builder /build/web/dist web/dist
COPY config config
COPY json_arch json_arch
COPY experiments experiments
COPY scenarios scenarios
USER simianviz
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["bin/simianviz", "--config", "config/server.json", "--host", "0.0.0.0", "--port", "8080"]
