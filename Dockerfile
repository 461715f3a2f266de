# policybot as one static program in an image that holds nothing else.
#
#   docker build -t policybot .
#   docker run --rm -p 8080:8080 -v policybot-data:/data policybot
#
# With LibreOffice, which reads doc, wps, rtf, xls and et, and tesseract, which
# recognises the text of scanned pages:
#
#   docker build --target full -t policybot:full .
#   docker run --rm -v policybot-data:/data -v ./policies:/in:ro policybot:full import --dry-run /in

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

# The programs that import can use, in an image that is a hundred times as large.
FROM debian:bookworm-slim AS full
RUN apt-get update \
 && apt-get install -y --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui tesseract-ocr tesseract-ocr-chi-sim \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/policybot /policybot
COPY --from=build /src/LICENSE /src/NOTICE /
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
# HOME is where 'import --dry-run' keeps what it makes once
ENV POLICYBOT_ADDR=:8080 POLICYBOT_DATA=/data HOME=/tmp POLICYBOT_OCR="tesseract {in} - -l chi_sim --psm 6"
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/policybot", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/policybot"]
CMD ["serve"]

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
