#!/bin/sh
# Say in one line what this machine lacks; else hand over to environment.py.
set -eu
cd "$(dirname "$0")/.."

missing() {
    printf 'set-up: %s\n' "$1" >&2
    exit 1
}

python=${PYTHON:-}
if [ -z "$python" ]; then
    for name in python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            python=$name
            break
        fi
    done
fi
[ -n "$python" ] ||
    missing 'Python 3.11 is missing: install it (Debian: apt-get install python3.11 python3.11-venv; macOS: brew install python@3.11).'
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    missing "$python cannot make environments: install its venv part (Debian: apt-get install python3.11-venv)."
command -v node >/dev/null 2>&1 ||
    missing 'Node.js 20 or newer is missing: install it from your system or from nodejs.org.'
node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    missing "Node.js 20 or newer is needed, this is $(node --version): install a newer one from nodejs.org."
command -v npm >/dev/null 2>&1 ||
    missing 'npm is missing: it comes with Node.js (Debian: apt-get install npm).'

exec "$python" stack/environment.py "$@"
