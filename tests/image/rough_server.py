"""A registry that behaves badly in one way, which the image's name says; it serves an OCI layout and notes what it was asked.

cut: breaks each answer off after CUT bytes, goes on where it is asked to; again: the same, but always begins anew, and breaks off only twice;
short: goes on somewhat before where it was asked to; dead: breaks off before the first byte; away: sends blobs to another port, and breaks off there."""
import http.server, json, os, re, socket, ssl, subprocess, sys, time

CUT = 100_000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    cuts = {}

    def log_message(self, *args):
        pass

    def page(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self):
        with open(f'{ROOM}/asked-{self.server.server_port}', 'a') as f:
            f.write(json.dumps({'path': self.path, 'login': 'Authorization' in self.headers, 'range': self.headers.get('Range')}) + '\n')

    def manifest(self, which):
        with open(f'{LAYOUT}/index.json') as f:
            digest = which if which.startswith('sha256:') else json.load(f)['manifests'][0]['digest']
        self.page(200, self.content(digest), Content_Type='application/vnd.oci.image.manifest.v1+json')

    def content(self, digest):
        with open(f'{LAYOUT}/blobs/sha256/{digest[7:]}', 'rb') as f:
            return f.read()

    def do_GET(self):
        self.note()
        found = re.fullmatch(r'/v2/([a-z]+)/(manifests|blobs)/([a-z0-9:]+)', self.path)
        if not found:
            return self.page(404, b'')
        mode, kind, which = found.groups()
        if kind == 'manifests':
            if mode == 'away' and 'Authorization' not in self.headers:
                return self.page(401, b'who are you?', WWW_Authenticate='Basic realm="x"')
            return self.manifest(which)
        if mode == 'away':
            return self.page(307, b'<a href="elsewhere">this way</a>', Location=f'{SCHEME}://127.0.0.1:{OTHER}/v2/cut/blobs/{which}')
        self.blob(mode, which, self.content(which))

    def blob(self, mode, which, body):
        start = int((self.headers.get('Range') or 'bytes=0-')[6:].rstrip('-'))
        if mode == 'again':
            start = 0
        elif mode == 'short':
            start = max(0, start - 1000)
        self.send_response(206 if start else 200)
        if start:
            self.send_header('Content-Range', f'bytes {start}-{len(body) - 1}/{len(body)}')
        self.send_header('Content-Length', str(len(body) - start))
        self.end_headers()
        self.cuts[mode, which] = self.cuts.get((mode, which), 0) + 1
        whole = mode == 'again' and self.cuts[mode, which] > 2
        self.wfile.write(body[start:] if whole else body[start:start + (0 if mode == 'dead' else CUT)])
        self.close_connection = True


class Rough:
    def __init__(self, room, layout, port, tls=False):
        self.room, self.port = room, port
        if tls:
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', f'{room}/rough.key', '-out', f'{room}/rough.crt', '-days',
                            '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, stderr=subprocess.DEVNULL)
        self.process = [subprocess.Popen([sys.executable, os.path.abspath(__file__), room, layout, str(here), str(other), 'https' if tls else 'http'])
                        for here, other in ((port, port + 1), (port + 1, port))]
        for here in (port, port + 1):
            for _ in range(200):
                with socket.socket() as s:
                    if s.connect_ex(('127.0.0.1', here)) == 0:
                        break
                time.sleep(0.05)
        if any(p.poll() is not None for p in self.process):
            raise RuntimeError(f'the rough registry does not start: is port {port} or the next taken?')

    def asked(self, port):
        with open(f'{self.room}/asked-{port}') as f:
            return [json.loads(line) for line in f]


if __name__ == '__main__':
    ROOM, LAYOUT, HERE, OTHER, SCHEME = sys.argv[1:]
    server = http.server.ThreadingHTTPServer(('127.0.0.1', int(HERE)), Handler)
    server.handle_error = lambda *args: None    # who asks without TLS, or hangs up
    if SCHEME == 'https':
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f'{ROOM}/rough.crt', f'{ROOM}/rough.key')
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()
