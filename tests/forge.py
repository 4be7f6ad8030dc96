"""forge.py STORE OLD NEW: what whoever is root may do to the journal: in the entry of the last act that names OLD it stands
NEW instead, and every hash over it fits again."""
import hashlib, sqlite3, sys

path, old, new = sys.argv[1:4]
db = sqlite3.connect(path)
node = lambda hashes: hashes[0] if len(hashes) == 1 else hashlib.sha256(
    b"\1" + node(hashes[:len(hashes) // 2]) + node(hashes[len(hashes) // 2:])).digest()

seq, entry = db.execute("SELECT seq, CAST(entry AS BLOB) FROM journal WHERE instr(entry, CAST(? AS BLOB)) > 0"
                        " ORDER BY seq DESC LIMIT 1", (old,)).fetchone()
entry = entry.replace(old.encode(), new.encode())
db.execute("UPDATE journal SET entry = ?, leaf = ? WHERE seq = ?",
           (entry, hashlib.sha256(b"\0" + entry).digest(), seq))

# roots of complete subtrees of 256, 65,536, ... leaves (src/ledger/ledger.h)
epoch, index, step = seq >> 40, seq & (1 << 40) - 1, 1
while True:
    index >>= 8
    at = epoch << 48 | step << 40 | index
    if not db.execute("SELECT 1 FROM ledger_node WHERE seq = ?", (at,)).fetchone():
        break
    below = "journal WHERE seq >= ?" if step == 1 else "ledger_node WHERE seq >= ?"
    first = (epoch << 40 if step == 1 else epoch << 48 | step - 1 << 40) | index << 8
    hashes = [h for h, in db.execute("SELECT %s FROM %s ORDER BY seq LIMIT 256" % ("leaf" if step == 1 else "hash", below), (first,))]
    db.execute("UPDATE ledger_node SET hash = ? WHERE seq = ?", (node(hashes), at))
    step += 1
db.commit()
print("entry %d: %s is now %s" % (seq & (1 << 40) - 1, old, new))
