# docker build --tag passalong . · what of it was tried, and how: docs/deploying.md
# The base is one image for ever. Its successor: docker buildx imagetools inspect python:3.13-slim-trixie
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
RUN ["python", "-m", "venv", "/build"]
RUN ["python", "-m", "venv", "--without-pip", "/opt/passalong"]
COPY requirements.lock ./
COPY deploy/build.lock deploy/extras.lock ./deploy/
RUN ["/build/bin/pip", "install", "--require-hashes", "--only-binary=:all:", "--requirement", "deploy/build.lock"]
RUN ["/build/bin/pip", "--python", "/opt/passalong/bin/python", "install", "--require-hashes", "--only-binary=:all:", "--requirement", "requirements.lock", "--requirement", "deploy/extras.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY assets ./assets
COPY storage ./storage
COPY bot ./bot
RUN ["/build/bin/pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", "/wheels", "."]
RUN ["/build/bin/pip", "--python", "/opt/passalong/bin/python", "install", "--no-deps", "--no-index", "--find-links", "/wheels", "passalong"]

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Passalong" \
      org.opencontainers.image.description="A Telegram bot that makes recommending a business cost three taps." \
      org.opencontainers.image.licenses="MIT"
# FriBidi shapes names of every script on cards. tini is process 1, which no signal stops that it has no answer to: Python has one
# only once it has begun. Debian signs both; a version named here would be gone with the next one.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libfribidi0 tini \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 passalong \
 && useradd --uid 10001 --gid passalong --no-create-home --home-dir /var/lib/passalong --shell /usr/sbin/nologin passalong \
 && install --directory --owner=passalong --group=passalong --mode=0700 /var/lib/passalong /var/backups/passalong
COPY --from=build /opt/passalong /opt/passalong
# By this file HEALTHCHECK sees the bot alive; /tmp may be memory. The database lies in the folder of work where nothing else is said.
ENV PATH=/opt/passalong/bin:/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PASSALONG_HEARTBEAT=/tmp/heartbeat
USER 10001:10001
WORKDIR /var/lib/passalong
VOLUME ["/var/lib/passalong"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m --retries=3 CMD ["python", "-m", "bot.heartbeat"]
ENTRYPOINT ["tini", "--", "passalong"]
CMD ["run"]
