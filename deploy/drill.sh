#!/bin/bash
# A drill of backup and restore: takes a physical backup of a running database with its write-ahead log, restores both into a PostgreSQL of
# its own, and says how many events of the log were lost and how long each part took. It changes no data; a replication slot is made
# and dropped.
#
#   deploy/drill.sh ADMIN_DATABASE_URL FOLDER [COMMAND]
#
# FOLDER is new. The login may replicate. COMMAND, where given, runs between the backup and the moment at which the machine is taken to die:
# changes made in it must survive. As root, the restored PostgreSQL runs as the user postgres.
set -euo pipefail

address=${1:?the address of the database, with a login that may replicate}
folder=${2:?a new folder}
between=${3:-true}

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -z "$bin" ] || PATH=$bin:$PATH
as_server() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
ask() { psql -XAtq -d "$address" -c "$1"; }
now() { date +%s%3N; }

mkdir "$folder"
folder=$(cd "$folder" && pwd)
mkdir "$folder/wal" "$folder/socket"

user=$(ask "SELECT current_user")
database=$(ask "SELECT current_database()")

# The log is received all the time: in real operation by a service of its own, on another machine.
# The slot keeps the log until it was received.
slot=dps_drill_$$
pg_receivewal -d "$address" --slot "$slot" --create-slot
pg_receivewal -D "$folder/wal" -d "$address" --slot "$slot" --synchronous --no-loop &
receiver=$!
trap 'kill $receiver 2>/dev/null || true; pg_receivewal -d "$address" --slot "$slot" --drop-slot || true; as_server pg_ctl -D "$folder/base" -m immediate stop >/dev/null 2>&1 || true' EXIT

began=$(now)
pg_basebackup -D "$folder/base" -d "$address" -X stream -c fast
backed_up=$(now)
bash -c "$between"
written=$(ask "SELECT count(*) FROM dps.event")
# What is committed is received within moments; the drill does not wait for it, because a machine that dies does not either.
kill -9 $receiver
wait $receiver 2>/dev/null || true
died=$(now)

for part in "$folder"/wal/*.partial; do [ ! -e "$part" ] || mv "$part" "${part%.partial}"; done
touch "$folder/base/recovery.signal"
cat >>"$folder/base/postgresql.auto.conf" <<CONF
restore_command = 'cp "$folder/wal/%f" "%p"'
recovery_target_timeline = 'latest'
listen_addresses = ''
unix_socket_directories = '$folder/socket'
port = 5432
archive_mode = off
hot_standby = off # what is restored may have other limits than the original
CONF
[ "$(id -u)" != 0 ] || chown -R postgres:postgres "$folder"
as_server pg_ctl -D "$folder/base" -l "$folder/socket/log" -w -t 300 start >/dev/null
restored="host=$folder/socket port=5432 user=$user dbname=$database"
until [ "$(psql -XAtq -d "$restored" -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.2; done
found=$(psql -XAtq -d "$restored" -c "SELECT count(*) FROM dps.event")
serving=$(now)
as_server pg_ctl -D "$folder/base" -m fast stop >/dev/null

printf '{"events":%d,"lost":%d,"backupMilliseconds":%d,"restoreMilliseconds":%d}\n' "$written" $((written - found)) \
  $((backed_up - began)) $((serving - died))
