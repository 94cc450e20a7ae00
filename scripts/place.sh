# What the scripts for an installation have in common. To be sourced; run as root.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${BUENDNIS_FOLDER:-/srv/buendnis}
umask 077

# Each service has a user of its own, the same in docker-compose.yml and in the units.
declare -A owner=([network]=10001 [ombuds]=10002 [homeserver]=10003 [postgres]=10004 [proxy]=10005
    [gate]=10006)

say() { # English, German: the language of the terminal decides
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
        de*) printf '%s\n' "$2" ;;
        *) printf '%s\n' "$1" ;;
    esac
}

stop() {
    say "$@" >&2
    exit 1
}

((EUID == 0)) || stop "Run this as root." "Bitte als root ausführen."
cd "$home"

in_containers() { grep -q 'http://gate:' "$folder/network/network.yaml"; }

office() { # NAME, COMMAND …: `buendnis`, as the user of this office
    local name=$1
    shift
    if in_containers; then
        docker-compose run --rm --no-deps -T "$name" "$@"
    else
        (cd "$folder/$name" && setpriv --reuid="${owner[$name]}" --regid="${owner[$name]}" \
            --clear-groups --no-new-privs "$home/.venv/bin/buendnis" "$@")
    fi
}

postgres() { # PROGRAM, ARGUMENT …: one of PostgreSQL's, as its administrator
    if in_containers; then
        docker-compose exec -T postgres "$1" --username=synapse "${@:2}"
    else
        runuser --user postgres -- "$@"
    fi
}

sql() { # DATABASE, COMMAND
    postgres psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
        --dbname="$1" --command="$2" </dev/null
}

wait_for() { # SECONDS, COMMAND …: whether it succeeds in time
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1 </dev/null; do
        ((SECONDS < end)) || return 1
        sleep 1
    done
}

offices() { # those that run here
    for name in network ombuds; do
        if [[ -e $folder/$name/$name.yaml ]]; then echo "$name"; fi
    done
}
