#!/usr/bin/env python3
"""payment-page.py KEY PORT-FILE NODE: a page on which fees are paid, as a host would run it. It takes an order that
is signed with KEY, and calls the node back three times at once, as hosts do when they are not sure. What the node said goes
to standard output, a line each."""
import base64, hashlib, hmac, http.server, json, sys, threading, time, urllib.error, urllib.parse, urllib.request

key, port_file, node = bytes.fromhex(sys.argv[1]), sys.argv[2], sys.argv[3]


def sign(text):
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def call(order):
    body = json.dumps({"payment": "pay-" + order["order"], "order": order["order"], "amount": order["amount"],
                       "currency": order["currency"], "status": "paid"}).encode()
    at = str(int(time.time()))
    signature = f"t={at},v1={sign(at.encode() + b'.' + body)}"
    request = urllib.request.Request(node + "/v1/fee-calls", body,
                                     {"Content-Type": "application/json", "Sifara-Signature": signature})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            print(answer.status, answer.read().decode(), flush=True)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode(), flush=True)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        text = asked.get("order", "")
        if not hmac.compare_digest(sign(text.encode()), asked.get("signature", "")):
            self.send_error(403)
            return
        order = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        calls = [threading.Thread(target=call, args=(order,)) for _ in range(3)]
        for c in calls:
            c.start()
        for c in calls:
            c.join()
        self.send_response(303)
        self.send_header("Location", order["return"])
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
with open(port_file, "w") as f:
    f.write(str(server.server_port))
server.serve_forever()
