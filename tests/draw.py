"""draw.py FILE: the draw of docs/appointments.md, written from that page alone, compared with what was published."""
import hashlib, hmac, json, sys

published = json.load(open(sys.argv[1]))
opening = json.loads(published["opening"])
seed = bytes.fromhex(published["seed"])
assert hashlib.sha256(seed).hexdigest() == opening["commitment"], "another seed"
head = published["head"]
text = f"sifara-draw/1\n{opening['round']}\n{head['epoch']}\n{head['size']}\n{head['root']}\n"
key = hmac.new(seed, text.encode(), hashlib.sha256).digest()
left = {s["at"]: s["places"] for s in opening["slots"]}
rank = lambda ask: (ask["class"], hmac.new(key, ask["ask"].encode(), hashlib.sha256).digest())
result = []
for ask in sorted(published["asks"], key=rank):
    wanted = [at for wish in ask["wishes"] for at in sorted(left) if at == wish or at[:10] == wish]
    wanted += sorted(left) if ask["any"] else []
    got = next((at for at in wanted if left[at] > 0), None)
    if got:
        left[got] -= 1
    result.append({"ask": ask["ask"], **({"slot": got} if got else {})})
assert result == published["result"], "another result"
print(len(result), "asked")
