# policybot as one static program in an image that holds nothing else.
#
#   docker build -t policybot .
#   docker run --rm -p 8080:8080 -v policybot-data:/data policybot

FROM golang:1.26.8-bookworm AS build
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# git describe --tags: what policybot version says
ARG VERSION=
RUN go build -trimpath -buildvcs=false -ldflags="-s -w -X main.stamp=$VERSION" -o /out/policybot ./cmd/policybot \
 && mkdir -p /out/data /out/tmp && chmod 700 /out/data

# Empty on purpose: the program calls nobody, so it needs no CA certificates,
# and it counts days in its own fixed zone (UTC+8), so it needs no time zones.
FROM scratch
COPY --from=build /out/policybot /policybot
COPY --from=build /src/LICENSE /src/NOTICE /
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
ENV POLICYBOT_ADDR=:8080 POLICYBOT_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/policybot", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/policybot"]
CMD ["serve"]
