# Base images are build arguments, so that a registry mirror can serve them:
#   docker build --build-arg GO_IMAGE=mirror.example.com/golang:1.26-bookworm .
ARG GO_IMAGE=golang:1.26-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/static-debian12:nonroot

# The compiler runs on the builder's own platform and cross-compiles.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src

COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download

COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=
ARG COMMIT=
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -o /out/siltgate -ldflags "-s -w \
      -X github.com/siltgate/siltgate/internal/cli.version=$VERSION \
      -X github.com/siltgate/siltgate/internal/cli.commit=$COMMIT" .

FROM ${RUNTIME_IMAGE}
ARG VERSION=
ARG COMMIT=
LABEL org.opencontainers.image.title="Siltgate" \
      org.opencontainers.image.description="Removes dead rows from the token tables of a live Postgres" \
      org.opencontainers.image.source="https://github.com/siltgate/siltgate" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"

COPY --from=build /out/siltgate /siltgate

# By number too, for a runtime image of your own and for Kubernetes' runAsNonRoot.
USER 65532:65532

# The port of SILTGATE_HTTP_ADDR=:8080; nothing listens while that is unset.
EXPOSE 8080

ENTRYPOINT ["/siltgate"]
CMD ["run"]
