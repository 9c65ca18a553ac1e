#!/bin/sh
# Run a command with DATABASE_URL naming a PostgreSQL server of its own, gone afterwards.
set -eu

if [ -n "${DATABASE_URL:-}" ]; then
    exec "$@"
fi
bin=
for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin; do
    if [ -x "$folder/initdb" ]; then bin=$folder; fi
done
if [ -z "$bin" ] && command -v initdb >/dev/null 2>&1; then
    bin=$(dirname "$(command -v initdb)")
fi
if [ -z "$bin" ]; then
    echo 'No PostgreSQL server here: install one (Debian: apt-get install postgresql).' >&2
    exit 1
fi

home=$(mktemp -d "${TMPDIR:-/tmp}/odometer-pg.XXXXXX")
port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    owner=postgres
    id "$owner" >/dev/null 2>&1 || owner=nobody
    chown "$owner" "$home"
    as_owner() { (cd "$home" && setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$@"); }
fi
finish() {
    as_owner "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

as_owner "$bin/initdb" -D "$home/data" -U odometer -A trust -E UTF8 --locale=C >"$home.log" 2>&1 ||
    { cat "$home.log" >&2; exit 1; }
rm -f "$home.log"
as_owner "$bin/pg_ctl" -D "$home/data" -w -l "$home/server.log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=off" start >/dev/null
as_owner "$bin/createdb" -h 127.0.0.1 -p "$port" -U odometer odometer
echo "PostgreSQL $("$bin/postgres" --version | awk '{print $3}') on port $port"

DATABASE_URL="postgres://odometer@127.0.0.1:$port/odometer"
export DATABASE_URL
"$@"
