# lib.sh - what the tests of the whole program share (sourced by bash)
#
# A test is a script that gets the path of the program as its first argument, says what it checks,
# and ends with a status other than 0 at the first thing that is wrong; 77 says that it cannot run
# here. Needs curl, jq, sqlite3 and poppler-utils.
#
# After state_begin there are: a folder $W for this test, a state in $W/d, a running node at $URL.
# Sessions are kept by name: "as layla case list" is the command line of whoever signed in as layla.

set -uo pipefail
SIFARA=$(realpath "$1")
ROOT=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
W=$(mktemp -d "${TMPDIR:-/tmp}/sifara-test.XXXXXX")
D=$W/d
SERVER=
URL=
STATUS=
SECONDS=0
AT_END=()
AS_USER=() # what runs the node as another user
NET=()     # what runs a command in the network of the node, where that is another one

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*"
    [ -s "$W/out" ] && { echo '--- last answer'; head -c 2000 "$W/out"; echo; }
    [ -s "$W/err" ] && { echo '--- last error'; head -c 2000 "$W/err"; echo; }
    [ -s "$W/log" ] && { echo '--- log of the node'; tail -n 15 "$W/log"; }
    exit 1
}

skip() { printf 'skipped: %s\n' "$*"; exit 77; }

# Runs a command at the end of the test, the last one first.
at_end() { AT_END=("$*" "${AT_END[@]}"); }

finish() {
    local status=$?
    [ -n "$SERVER" ] && { kill -KILL -- "-$SERVER"; wait "$SERVER"; } 2>/dev/null
    for command in "${AT_END[@]}"; do eval "$command"; done
    if grep -a '"event":"an answer is not as described"' "$W/log" 2>/dev/null; then status=1; fi
    rm -rf "$W"
    exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -ge "$until" ] && return 1
        sleep 0.05
    done
}

# ---- a state -------------------------------------------------------------------------------------

# state_make: a new state in $D, with two officers of its ministry and the services of $SERVICES, else
# all that ship; with $STATE_OPTIONS.
state_make() {
    "$SIFARA" init --data "$D" --state Utopia --alpha2 XU --alpha3 UTO \
        --policy "$ROOT/demo/policy" --services "${SERVICES:-$ROOT/services}" --words "$ROOT/words" \
        --officer 'minister@mfa.xu.example,Nadia Karim,ministry-admin' \
        --officer 'deputy@mfa.xu.example,Omar Said,ministry-admin+oversight' --port 0 ${STATE_OPTIONS:-} \
        >"$W/out" 2>"$W/err" || fail "init"
    settings_of_test
}

# No limits on requests, so that a test can be quick; and each answer is held against the description of the API.
settings_of_test() {
    settings '.rate_address = 0 | .rate_account = 0 | .rate_codes = 0 | .check_answers = 1'
}

settings() { jq "$@" "$D/sifara.json" >"$W/sifara.json" && cat "$W/sifara.json" >"$D/sifara.json"; }

# setting NAME JSON: in sifara.json, from the next start on.
setting() { settings --argjson v "$2" ".\"$1\" = \$v"; }

ready() { "${NET[@]}" curl -fsk -m 5 -o /dev/null "$URL/readyz" 2>/dev/null; }

# The node takes its place, or has gone: a port that it had before may have become somebody's meanwhile.
state_placed() { [ -s "$D/run/port" ] || ! kill -0 "$SERVER" 2>/dev/null; }

# state_start [SCHEME]: the node runs and answers; its processes are the group $SERVER.
state_start() {
    local try
    rm -f "$D/run/port"
    for try in 1 2 3 4 5; do
        setsid "${NET[@]}" "${AS_USER[@]}" "$SIFARA" serve --data "$D" >>"$W/log" 2>&1 &
        SERVER=$!
        wait_for 20 state_placed || fail "the node does not start"
        [ -s "$D/run/port" ] && break
        [ "$try" = 5 ] && fail "the node does not start"
        sleep 0.5
    done
    URL=${1:-http}://127.0.0.1:$(cat "$D/run/port")
    export SIFARA_NODE=$URL
    wait_for 20 ready || fail "the node is not ready"
    # a node that starts again answers where it did
    [ "$(jq .port "$D/sifara.json")" != 0 ] || setting port "$(cat "$D/run/port")"
}

group_gone() { ! kill -0 -- "-$SERVER" 2>/dev/null; }

state_stop() {
    kill -TERM "$SERVER"
    wait "$SERVER" || fail "the node does not end well"
    SERVER=
}

# As if the machine lost its power, without the disk losing any.
state_kill() {
    kill -KILL -- "-$SERVER"
    wait "$SERVER" 2>/dev/null
    wait_for 10 group_gone || fail "processes outlive their supervisor"
    SERVER=
}

# process NAME: the id of the running keyring, worker or node of this test.
process() { pgrep -g "$SERVER" -x "sifara-$1"; }

doctor() { "$SIFARA" doctor --data "${1:-$D}" >"$W/out" 2>"$W/err"; }

# ---- signing in ----------------------------------------------------------------------------------

mails_to() { grep -lF "To: <$1>" "$D"/mail/*.eml 2>/dev/null | sort; }

# The text of a mail: its first part.
mail_text() {
    awk '{ sub(/\r$/, "") } /^Content-Type: text\/plain/ { head = 1 } head && /^$/ { text = 1; head = 0; next }
        text && /^--/ { exit } text' "$1" | tr -d '\n' | base64 -d
}

newest_code() {
    local file
    file=$(mails_to "$1" | tail -n 1)
    [ -n "$file" ] && mail_text "$file" | grep -oE '\b[0-9]{8}\b' | head -n 1
}

new_mail() { [ "$(mails_to "$1" | wc -l)" -gt "$2" ]; }

# The key file of an officer: of those that the state was made with, or whom appoint() appointed.
officer_key() {
    local name=${1%%@*}
    [ -f "$W/key.$name" ] && echo "$W/key.$name" || echo "$D/officers/$name.key"
}

# ask_code NAME EMAIL [as=officer]: the code is in $CODE.
ask_code() {
    local before
    before=$(mails_to "$2" | wc -l)
    as "$1" session code "email=$2" ${3:+"$3"} >"$W/out" 2>"$W/err" || fail "asking for a code: $2"
    wait_for 15 new_mail "$2" "$before" || fail "no mail for $2"
    CODE=$(newest_code "$2")
}

# sign_in NAME EMAIL [as=officer]: officers sign with their key.
sign_in() {
    local by=()
    [ "${3:-}" = as=officer ] && by=(--key "$(officer_key "$2")")
    ask_code "$@"
    as "$1" session open "email=$2" "code=$CODE" ${3:+"$3"} "${by[@]}" \
        >"$W/out" 2>"$W/err" || fail "signing in: $2"
}

# A gateway for text messages on port $GATE: what it got is in $W/sms, a message a line; it answers as
# $W/sms-answer says.
sms_gateway() {
    GATE=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    echo '200 ok' >"$W/sms-answer"
    "$ROOT/tests/sms-stand-in" "$GATE" "$W" &
    at_end "kill $! 2>/dev/null"
    wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$GATE" 2>/dev/null || fail "no gateway"
}

# sms N: are there so many? message N FILTER: of one of them.
sms() { [ -s "$W/sms" ] && [ "$(wc -l <"$W/sms")" -ge "$1" ]; }
message() { sed -n "$1p" "$W/sms" | jq -r "$2"; }

# as NAME NOUN VERB ...: the command line in somebody's name.
as() {
    local name=$1
    shift
    SIFARA_SESSION=$W/session.$name "${NET[@]}" "$SIFARA" "$@"
}

# does NAME NOUN VERB ...: must succeed; the answer is in $W/out.
does() {
    as "$@" >"$W/out" 2>"$W/err" || fail "$*"
}

# refused SLUG NAME NOUN VERB ...: must be refused for that reason.
refused() {
    local why=$1
    shift
    as "$@" >"$W/out" 2>"$W/err" && fail "not refused: $*"
    [ "$(jq -r .type "$W/err" 2>/dev/null)" = "/problems/$why" ] || fail "refused otherwise: $*"
}

# get FILTER: of the last answer.
get() { jq -r "$1" "$W/out"; }

# holds FILTER [TEXT]: is true of the last answer.
holds() { jq -e "$1" "$W/out" >/dev/null || fail "${2:-$1}"; }

token() { cat "$W/session.$1"; }

# ---- HTTP ----------------------------------------------------------------------------------------

# http METHOD PATH [curl options]: status in $STATUS, body in $W/out, head in $W/head.
http() {
    local method=$1 path=$2
    shift 2
    : >"$W/err"
    STATUS=$("${NET[@]}" curl -sk -m 30 --path-as-is -X "$method" -o "$W/out" -D "$W/head" \
        -w '%{http_code}' "$@" "$URL$path" 2>"$W/err")
}

bearer() { echo "Authorization: Bearer $(token "$1")"; }

# problem STATUS SLUG WHAT: the last answer is that problem, in its media type.
problem() {
    [ "$STATUS" = "$1" ] || fail "$3: status $STATUS instead of $1"
    grep -qi '^content-type: application/problem+json' "$W/head" || fail "$3: no problem+json"
    [ "$(jq -r .type "$W/out")" = "/problems/$2" ] || fail "$3: $(jq -r .type "$W/out")"
    [ "$(jq -r .status "$W/out")" = "$1" ] || fail "$3: another status in the body"
}

# ---- a ministry with posts -----------------------------------------------------------------------

# appoint NAME MISSION ROLE: an officer with a key in $W/key.NAME, signed in as NAME.
appoint() {
    does minister officer add "email=$1@mfa.xu.example" "name=Officer $1" "mission=$2" \
        "roles:=[\"$3\"]" --new-key "$W/key.$1" \
        --by "$D/officers/minister.key" --by "$D/officers/deputy.key"
    sign_in "$1" "$1@mfa.xu.example" as=officer
}

# The ministry signs in and opens an embassy in Athens, which also serves Cyprus, and a consulate
# in Valletta with one officer.
posts_open() {
    sign_in minister minister@mfa.xu.example as=officer
    sign_in deputy deputy@mfa.xu.example as=officer
    does minister mission add code=athens kind=embassy country=GR zone=Europe/Athens \
        'weekend:=[5,6]' 'name:={"en":"Embassy of Utopia in Athens","ar":"سفارة يوتوبيا في أثينا","fr":"Ambassade d’Utopie à Athènes"}'
    does minister mission add code=valletta kind=consulate country=MT zone=Europe/Malta \
        'weekend:=[5,6]' one_officer:=true 'name:={"en":"Consulate of Utopia in Valletta","ar":"قنصلية يوتوبيا في فاليتا","fr":"Consulat d’Utopie à La Valette"}'
    does minister jurisdiction set 'service=*' 'assign:=[{"country":"GR","authority":"athens"},
        {"country":"CY","authority":"athens"},{"country":"MT","authority":"valletta"}]'
}

# proposal FILE [TEXT [FOLDER]]: the demo's policy, or that of a folder, and TEXT as one more file,
# as a body for policy propose.
proposal() {
    local from=${3:-$ROOT/demo/policy}
    {
        for file in "$from"/*.cedar "$from"/facts/*.json; do
            jq -n --arg name "${file#"$from/"}" --rawfile text "$file" \
                '{name: $name, text: $text}'
        done
        [ -n "${2:-}" ] && jq -n --arg text "$2" '{name: "99-more.cedar", text: $text}'
    } | jq -s '{files: .}' >"$1"
}

# Answers to the form of a service, as one line.
answers() {
    jq -c '.cases[0].answers' "$ROOT/services/$1/golden.json"
}

state_begin() {
    state_make
    state_start
}
