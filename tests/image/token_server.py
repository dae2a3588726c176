"""A token service as the distribution's documentation describes it, for a docker-registry in a test."""
import base64, http.server, json, os, socket, subprocess, sys, time, urllib.parse


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=')


def key_id(room):
    """libtrust's name of a key: the base32 of its public part's hash, in groups of four."""
    import hashlib
    der = subprocess.run(['openssl', 'x509', '-in', f'{room}/token.crt', '-noout', '-pubkey'], check=True, stdout=subprocess.PIPE).stdout
    der = subprocess.run(['openssl', 'pkey', '-pubin', '-outform', 'DER'], input=der, check=True, stdout=subprocess.PIPE).stdout
    text = base64.b32encode(hashlib.sha256(der).digest()[:30]).decode().rstrip('=')
    return ':'.join(text[i:i + 4] for i in range(0, len(text), 4))


def sign(room, data):
    return subprocess.run(['openssl', 'dgst', '-sha256', '-sign', f'{room}/token.key'], input=data, check=True, stdout=subprocess.PIPE).stdout


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        want = 'Basic ' + base64.b64encode(f'me:{PASSWORD}'.encode()).decode()
        if self.headers.get('Authorization') != want:
            self.send_response(401)
            self.end_headers()
            return
        access = []
        for scope in query.get('scope', []):
            kind, name, actions = scope.split(':')
            access.append({'type': kind, 'name': name, 'actions': actions.split(',')})
        now = int(time.time())
        head = {'typ': 'JWT', 'alg': 'RS256', 'kid': KEY}
        claims = {'iss': 'tests', 'sub': 'me', 'aud': query.get('service', [''])[0], 'exp': now + 300, 'nbf': now - 10, 'iat': now,
                  'jti': str(now), 'access': access}
        body = b64(json.dumps(head).encode()) + b'.' + b64(json.dumps(claims).encode())
        answer = json.dumps({'token': (body + b'.' + b64(sign(ROOM, body))).decode()}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Tokens:
    def __init__(self, process, config):
        self.process, self.config = process, config


def start(room, port, password):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', f'{room}/token.key', '-out', f'{room}/token.crt',
                    '-days', '2', '-subj', '/CN=tests'], check=True, stderr=subprocess.DEVNULL)
    process = subprocess.Popen([sys.executable, os.path.abspath(__file__), room, str(port)], stdin=subprocess.PIPE)
    process.stdin.write(password.encode() + b'\n')
    process.stdin.flush()
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(('127.0.0.1', port)) == 0:
                break
        time.sleep(0.05)
    return Tokens(process, f'auth: {{token: {{realm: "http://127.0.0.1:{port}/token", service: registry, issuer: tests, '
                  f'rootcertbundle: {room}/token.crt}}}}\n')


if __name__ == '__main__':
    ROOM, PASSWORD = sys.argv[1], sys.stdin.readline().strip()
    KEY = key_id(ROOM)
    http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), Handler).serve_forever()
