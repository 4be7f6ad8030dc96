"""signed.py MASTER_KEY STATE SERIAL PATH BODY TYPE [AGE]: the headers of a signed call to a partner (RFC 9421),
as curl's -H @file takes them, made with the log's key that a node's master key gives."""
import base64, hashlib, hmac, subprocess, sys, tempfile, time

master, state, serial, path, body, media = sys.argv[1:7]
age = int(sys.argv[7]) if len(sys.argv) > 7 else 0
inner = hmac.new(b"\0" * 32, open(master, "rb").read(), hashlib.sha256).digest()
seed = hmac.new(inner, ("link/log/%s" % serial).encode() + b"\1", hashlib.sha256).digest()
digest = "sha-256=:%s:" % base64.b64encode(hashlib.sha256(open(body, "rb").read()).digest()).decode()
params = '("@method" "@path" "content-digest" "content-type");created=%d;keyid="%s/%s";alg="ed25519";tag="sifara-link/1"' % (
    time.time() - age, state, serial)
base = '"@method": POST\n"@path": %s\n"content-digest": %s\n"content-type": %s\n"@signature-params": %s' % (
    path, digest, media, params)
with tempfile.TemporaryDirectory() as folder:
    open(folder + "/key", "wb").write(bytes.fromhex("302e020100300506032b657004220420") + seed)
    open(folder + "/base", "w", newline="").write(base)
    made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", folder + "/key",
                           "-in", folder + "/base"], check=True, stdout=subprocess.PIPE).stdout
print("Content-Type: %s\nContent-Digest: %s\nSignature-Input: sig=%s\nSignature: sig=:%s:" % (
    media, digest, params, base64.b64encode(made).decode()))
