"""What the cases beside this file share: scratch repositories made by the real git, and secrets made from seeds."""
import binascii, json, os, random, string, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
STANCH = os.path.abspath(os.environ.get('STANCH', TOP + '/build/stanch'))
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(('GIT_', 'GITHEAD_'))}


def token(seed):
    """A GitHub token with its right check digits."""
    body = ''.join(random.Random(f'staged {seed}').choices(ALPHABET, k=30))
    crc, digits = binascii.crc32(body.encode()), ''
    for _ in range(6):
        crc, d = divmod(crc, 62)
        digits = ALPHABET[d] + digits
    return 'ghp' + '_' + body + digits


class Failed(Exception):
    pass


def check(what, got, want):
    if got != want:
        raise Failed(f'{what}: got {got!r}, not {want!r}')


class Repo:
    """A scratch repository and what is done to it."""

    def __init__(self, room, name='repo', init=True, **options):
        self.path = os.path.join(room, name)
        self.env = {**CLEAN, 'HOME': room, 'XDG_CONFIG_HOME': room + '/xdg', 'GIT_CONFIG_NOSYSTEM': '1', 'LC_ALL': 'C.UTF-8',
                    'GIT_AUTHOR_NAME': 'a', 'GIT_AUTHOR_EMAIL': 'a@b.example', 'GIT_COMMITTER_NAME': 'a',
                    'GIT_COMMITTER_EMAIL': 'a@b.example'}
        if init:
            os.makedirs(self.path)
            self.git('init', '-q', '-b', 'main', *[f'--{k.replace("_", "-")}={v}' for k, v in options.items()])

    def run(self, *args, cwd=None, env=None, stdin=None, ok=True):
        done = subprocess.run(args, cwd=cwd or self.path, env={**self.env, **(env or {})}, input=stdin, capture_output=True, timeout=60,
                              **({} if stdin is not None else {'stdin': subprocess.DEVNULL}))
        if ok and done.returncode:
            raise Failed(f'{args}: status {done.returncode}\n{done.stderr.decode(errors="replace")}')
        return done

    def git(self, *args, **more):
        return self.run('git', *args, **more).stdout.decode()

    def write(self, path, text, mode=None):
        full = os.path.join(self.path, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'wb') as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        if mode:
            os.chmod(full, mode)

    def add(self, path, text, **more):
        self.write(path, text, **more)
        self.git('add', path)

    def commit(self, *args):
        self.git('commit', '-qm', 'x', '--no-verify', *args)

    def staged(self, *args, **more):
        """status, ['file:line', ...] with every place, why what is unread is."""
        done = self.run(STANCH, 'staged', '--format', 'jsonl', *args, ok=False, **more)
        if done.returncode < 0 or done.returncode > 4 or b'Sanitizer' in done.stderr or b'runtime error' in done.stderr:
            raise Failed(f'status {done.returncode}: {done.stderr.decode(errors="replace")}')
        found, unread = [], []
        self.stderr = done.stderr.decode(errors='replace')
        for line in done.stdout.decode().splitlines():
            one = json.loads(line)
            if one['type'] == 'finding':
                for place in [one, *one.get('places', [])]:
                    found.append(f'{place["file"]}:{place.get("line", 0)}')
            elif one['type'] == 'unread':
                unread.append(one['why'])
            elif one['type'] == 'summary':
                self.files, self.skipped = one['files'], one['skipped']
        self.unread = unread
        return done.returncode, sorted(found)


def secret(n):
    return f'token = {token(n)}\n'


def filler(n, seed=1):
    r = random.Random(seed)
    return ''.join(f'line {r.randrange(10**9)}\n' for _ in range(n))


def exercise(r):
    """Some of everything, whatever the repository is like."""
    r.add('a/b/c/f', filler(9) + secret(11))
    r.add('a/x', 'x\n')
    for i in range(30):
        r.add(f'd{i % 5}/s{i % 3}/f{i}', filler(5, i))
    r.commit()
    check('nothing', r.staged(), (0, []))
    r.add('d3/s1/f13', filler(5, 13) + secret(12))
    r.add('a/b/c/f', filler(9) + secret(11) + 'more\n')
    r.add('d1/new/n', secret(13))
    r.git('rm', '-q', 'd2/s0/f27')
    check('some', r.staged(), (1, ['d1/new/n:1', 'd3/s1/f13:6']))
    check('files', r.files, 3)
    r.commit()
    check('nothing again', r.staged(), (0, []))


def two_branches(room):
    r = Repo(room)
    r.add('base', filler(30))
    r.commit()
    r.git('checkout', '-qb', 'side')
    r.add('base', filler(30) + secret(1))
    r.add('sidefile', secret(2))
    r.commit()
    r.git('checkout', '-q', 'main')
    r.add('base', secret(3) + filler(30))
    r.add('mainfile', 'x\n')
    r.commit()
    return r
