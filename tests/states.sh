# states.sh - several states in one test, each with a node of its own (sourced after lib.sh)
#
#   states XU XA        makes and starts them; the last one is the present one
#   at XA               from here on $D, $URL and all functions of lib.sh are Arcadia's
#   accredited XU XA    both have letters of credence and have accredited each other
#
# Sessions carry the state in their name: "XA.minister".

declare -A STATE_SERVER STATE_URL STATE_NET \
    STATE_NAME=([XU]=Utopia [XA]=Arcadia [XB]=Bravonia [XC]=Cordonia [XD]=Dalmara) \
    STATE_LONG=([XU]=UTO [XA]=XAR [XB]=XBR [XC]=XCO [XD]=XDA)
HERE=

lower() { tr '[:upper:]' '[:lower:]' <<<"$1"; }

# Another state's policy is ours with the names changed about: what we say of it, it says of us.
policy_of() {
    local code=$1 to=$W/policy.$1
    cp -r "$ROOT/demo/policy" "$to"
    # further states, which the demo does not know
    jq '.states += [{code: "XB", name: {en: "Bravonia", ar: "برافونيا", fr: "Bravonie"}, recognised: true},
        {code: "XC", name: {en: "Cordonia", ar: "كوردونيا", fr: "Cordonie"}, recognised: true},
        {code: "XD", name: {en: "Dalmara", ar: "دالمارا", fr: "Dalmarie"}, recognised: true}]' \
        "$ROOT/demo/policy/facts/states.json" >"$to/facts/states.json"
    jq '(.organisations[] | select(.code == "DCO").members) += ["XB"]' \
        "$ROOT/demo/policy/facts/organisations.json" >"$to/facts/organisations.json"
    [ "$code" = XU ] && return
    sed -i -e "s/\bXU\b/@1/g; s/\b$code\b/XU/g; s/@1/$code/g" \
        -e "s/Utopia/@2/g; s/${STATE_NAME[$code]}/Utopia/g; s/@2/${STATE_NAME[$code]}/g" \
        "$to"/*.cedar "$to"/facts/*.json
}

state_new() {
    local code=$1 domain
    domain=$(lower "$1").sifara.example
    D=$W/$code
    policy_of "$code"
    "$SIFARA" init --data "$D" --state "${STATE_NAME[$code]}" --alpha2 "$code" \
        --alpha3 "${STATE_LONG[$code]}" --origin "$domain/journal" --policy "$W/policy.$code" \
        --services "${SERVICES:-$ROOT/services}" --words "$ROOT/words" \
        --officer "minister@mfa.$(lower "$code").example,Nadia Karim,ministry-admin" \
        --officer "deputy@mfa.$(lower "$code").example,Omar Said,ministry-admin+oversight" --port 0 \
        >"$W/out" 2>"$W/err" || fail "init $code"
    settings_of_test
}

# What the present state is, for the next time that it is.
keep() {
    STATE_SERVER[$HERE]=$SERVER
    STATE_URL[$HERE]=$URL
}

at() {
    [ -n "$HERE" ] && keep
    HERE=$1
    D=$W/$1
    SERVER=${STATE_SERVER[$1]:-}
    URL=${STATE_URL[$1]:-}
    NET=(${STATE_NET[$1]:-})
    export SIFARA_NODE=$URL
}

end_states() {
    local code
    for code in "${!STATE_SERVER[@]}"; do
        [ -n "${STATE_SERVER[$code]}" ] &&
            { kill -KILL -- "-${STATE_SERVER[$code]}"; wait "${STATE_SERVER[$code]}"; } 2>/dev/null
    done
}

# What a test wants to be so before the node of a state starts the first time.
before_start() { :; }

state_open() {
    at "$1"
    state_new "$1"
    before_start "$1"
    state_start
    keep
    sign_in "$1.minister" "minister@mfa.$(lower "$1").example" as=officer
    sign_in "$1.deputy" "deputy@mfa.$(lower "$1").example" as=officer
}

# with_services NAME...: states that are made from here on found these services.
with_services() {
    local name
    SERVICES=$W/services.$*
    SERVICES=${SERVICES// /+}
    mkdir -p "$SERVICES"
    for name in "$@"; do cp -r "$ROOT/services/$name" "$SERVICES/"; done
}

states() {
    local code
    [ -n "${SERVICES:-}" ] || with_services consular-registration
    at_end end_states
    for code in "$@"; do state_open "$code"; done
}

# appoint_at STATE NAME MISSION ROLE: an officer with a key in $W/key.NAME, signed in as NAME.
appoint_at() {
    local domain
    domain=mfa.$(lower "$1").example
    does "$1.minister" officer add "email=$2@$domain" "name=Officer $2" "mission=$3" "roles:=[\"$4\"]" \
        --new-key "$W/key.$2" --by "$D/officers/minister.key" --by "$D/officers/deputy.key"
    sign_in "$2" "$2@$domain" as=officer
}

# letter CODE: its root key signs the node's keys; the letter is in $W/CODE.letter.
letter() {
    local code=$1 name
    name=$(lower "$1").sifara.example
    at "$code"
    [ -f "$W/$code.root" ] ||
        "$SIFARA" partner root --new "$W/$code.root" --name "$name" || fail "root of $code"
    does "$code.minister" partner keys --root "$W/$code.root" --url "${LETTER_URL:-$URL}" \
        --title "${STATE_NAME[$code]}" --languages ar,en --contact "duty@mfa.example" \
        ${LETTER_TLS:+--tls "$LETTER_TLS"}
    does "$code.minister" partner credence --out "$W/$code.letter"
    tail -n 4 "$W/out" >"$W/$code.fingerprint"
    echo "Note verbale of ${STATE_NAME[$code]}, enclosing its letter of credence." >"$W/$code.note"
}

# accredits A B: two officers of A accredit B upon its note verbale.
accredits() {
    at "$1"
    for who in minister deputy; do
        does "$1.$who" partner accredit "$W/$2.letter" --note "$W/$2.note" \
            --fingerprint "$(cat "$W/$2.fingerprint")" --key "$D/officers/$who.key"
    done
}

accredited() {
    letter "$1"
    letter "$2"
    accredits "$1" "$2"
    accredits "$2" "$1"
}

# post_open STATE [PREFIX]: an embassy in Athens with three officers: officer, consul, head, their
# names behind the prefix.
post_open() {
    does "$1.minister" mission add code=athens kind=embassy country=GR zone=Europe/Athens 'weekend:=[0,6]' \
        'name:={"en":"Embassy in Athens","ar":"السفارة في أثينا","fr":"Ambassade à Athènes"}'
    does "$1.minister" jurisdiction set 'service=*' 'assign:=[{"country":"GR","authority":"athens"}]'
    appoint_at "$1" "${2:-}officer" athens consular-officer
    appoint_at "$1" "${2:-}consul" athens consul
    appoint_at "$1" "${2:-}head" athens head-of-mission
}

case_sealed() { as "$1" case show "id=$2" >"$W/out" 2>/dev/null && [ "$(get '.documents[0].state // empty')" = sealed ]; }

# document_of PERSON [PREFIX]: who is signed in gets a sealed document of that post: $DOCUMENT, $NUMBER.
document_of() {
    local id
    does "$1" case file service=consular-registration country=GR "answers:=$(answers consular-registration)"
    id=$(get .id)
    does "${2:-}officer" case take "id=$id"
    does "${2:-}officer" case examine "id=$id"
    does "${2:-}officer" case propose "id=$id" outcome=approve --key "$W/key.${2:-}officer"
    does "${2:-}consul" case confirm "id=$id" --key "$W/key.${2:-}consul"
    wait_for 30 case_sealed "$1" "$id" || fail "no document"
    NUMBER=$(get '.documents[0].number')
    DOCUMENT=$(get '.documents[0].id')
}

# ---- the reader of both stores -------------------------------------------------------------------

store() { sqlite3 -readonly "$W/$1/store/sifara.db" ".timeout 5000" "$2"; }
log_of() { store "$1" "SELECT log FROM channel WHERE partner = '$2' AND sent = $3"; }
uuid_of() { echo "lower(substr(hex($1),1,8)||'-'||substr(hex($1),9,4)||'-'||substr(hex($1),13,4)||'-'||substr(hex($1),17,4)||'-'||substr(hex($1),21))"; }

# settled A B: all that A has for B is in the log, receipted, and taken up there.
settled() {
    local a=$1 b=$2
    [ "$(store "$a" "SELECT count(*) FROM link_outbox WHERE partner = '$b'")" = 0 ] &&
        [ "$(store "$a" "SELECT size - head_size FROM channel WHERE partner = '$b' AND sent = 1")" = 0 ] &&
        [ "$(store "$b" "SELECT head_size - taken FROM channel WHERE partner = '$a' AND sent = 0")" = 0 ]
}

# compare A B TOLD: what A sent to B: one history, no gap, each note that a client was told of (a line
# each in the file) there once on both sides, and no receipt without entries.
compare() {
    local a=$1 b=$2 mine theirs
    mine=$(log_of "$a" "$b" 1) theirs=$(log_of "$b" "$a" 0)
    store "$a" "SELECT idx, hex(leaf), hex(entry) FROM channel_entry WHERE log = $mine ORDER BY idx" >"$W/mine"
    store "$b" "SELECT idx, hex(leaf), hex(entry) FROM channel_entry WHERE log = $theirs ORDER BY idx" >"$W/theirs"
    cmp -s "$W/mine" "$W/theirs" || fail "$a and $b hold different logs"
    [ -s "$W/mine" ] || fail "$a and $b hold no log"
    [ "$(wc -l <"$W/mine")" = "$(tail -n 1 "$W/mine" | awk -F'|' '{print $1 + 1}')" ] || fail "a gap"
    sort "$3" >"$W/told"
    store "$a" "SELECT $(uuid_of id) FROM dispatch WHERE sent = 1 AND kind = 'note' AND partner = '$b'" | sort >"$W/sent"
    store "$b" "SELECT $(uuid_of correlation) FROM dispatch WHERE sent = 0 AND kind = 'note' AND partner = '$a'" | sort >"$W/came"
    [ -z "$(uniq -d "$W/came")" ] || fail "something came twice"
    [ -z "$(comm -23 "$W/told" "$W/came")" ] || fail "something is lost: $(comm -23 "$W/told" "$W/came" | head -3)"
    [ -z "$(comm -13 "$W/sent" "$W/came")" ] || [ "${RESTORED:-}" = "$a" ] || fail "something came that was not sent"
    [ "$(store "$a" "SELECT head_size FROM channel WHERE log = $mine")" -le "$(wc -l <"$W/theirs")" ] ||
        fail "a receipt without entries"
}
