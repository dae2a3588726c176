#!/usr/bin/env python3
"""Random histories: what `stanch scan git:` finds equals what scanning every blob whole finds.

usage: random.py STANCH FOLDER SEED COUNT

Each history is made of moves, deletions, copies, reverts, renames and edits of texts full of secrets, packed by the real
git in one of several ways. Every blob is then written to a file of its own, under the path it first had, and scanned as a
file; secret by secret, the number of blobs that hold it, the blob and the line where it came first, and the commits
that brought and removed it must be the same.
"""
import base64, json, os, random, shutil, string, subprocess, sys, zlib

STANCH, TOP, SEED, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ENV = dict(os.environ, HOME=TOP, GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null')
CODE, CONFIG = ('.py', '.go', '.js'), ('.env', '.yaml', '.ini')


def word(r, n, alphabet=string.ascii_letters + string.digits):
    return ''.join(r.choice(alphabet) for _ in range(n))


def base62(n):
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    out = ''
    while n:
        n, k = divmod(n, 62)
        out = digits[k] + out
    return out.rjust(6, '0')


def aws(r):
    return 'AK' + 'IA' + word(r, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')


def github(r):
    body = word(r, 30)
    return 'gh' + 'p_' + body + base62(zlib.crc32(body.encode()))


def pem(r):
    body = [word(r, 64, string.ascii_letters + string.digits + '+/') for _ in range(r.randint(3, 26))]
    return ['-----BEGIN RSA PRIV' + 'ATE KEY-----'] + body + ['-----END RSA PRIV' + 'ATE KEY-----']


class Pool:
    """Secrets that come again and again."""

    def __init__(self, r):
        self.r, self.made = r, []

    def one(self, make):
        old = [s for k, s in self.made if k is make]
        if old and self.r.random() < 0.4:
            return self.r.choice(old)
        s = make(self.r)
        self.made.append((make, s))
        return s


def filler(r):
    kind = r.randrange(8)
    if kind == 0:
        return ''
    if kind == 1:
        return 'def %s(%s, token=None):' % (word(r, 8, string.ascii_lowercase), word(r, 5, string.ascii_lowercase))
    if kind == 2:
        return '    # the password is asked for, the key is not; see %s' % word(r, 9)
    if kind == 3:
        return word(r, r.choice((20, 40, 76, 200)), string.ascii_letters + string.digits + '+/=  ')
    if kind == 4:
        return 'secret = os.environ["%s"]' % word(r, 9, string.ascii_uppercase)
    return '    %s = %s(%d)  # %s' % (word(r, 7, string.ascii_lowercase), word(r, 5, string.ascii_lowercase), r.randrange(1000),
                                     ' '.join(word(r, 6, string.ascii_lowercase) for _ in range(r.randrange(7))))


def secret_lines(r, pool):
    kind = r.randrange(12)
    if kind == 0:
        return ['key = "%s"' % pool.one(aws)]
    if kind == 1:
        return ['token: %s' % pool.one(github)]
    if kind == 2:
        return ['password = "%s"' % pool.one(lambda q: word(q, 18))]
    if kind == 3:
        return ['DB_PASSWORD=%s' % word(r, 16)]
    if kind == 4:
        return pem(r)
    if kind == 5:       # a pair, some lines apart
        return ['aws_access_key_id = %s' % pool.one(aws)] + [filler(r) for _ in range(r.randrange(4))] + [
            'aws_secret_access_key = %s' % word(r, 40, string.ascii_letters + string.digits + '/+')]
    if kind == 6:       # encoded, and long enough that it may be torn
        text = '%s\nexport TOKEN=%s\n%s' % (word(r, r.randrange(3, 2000)), pool.one(github), word(r, r.randrange(3, 300)))
        return [base64.b64encode(text.encode()).decode()]
    if kind == 7:       # allowed, or nearly
        return [r.choice(('# stanch:allow', '# stanch', '')), 'token = "%s"%s' % (pool.one(github), r.choice(('', '  # nosecret')))]
    if kind == 8:
        return ['x' * r.choice((100, 1900, 2100, 6000)) + ' "%s"' % pool.one(aws)]
    if kind == 9:
        return ['heroku_api_key = "%s"' % '-'.join(word(r, n, '0123456789abcdef') for n in (8, 4, 4, 4, 12))]
    if kind == 10:
        return ['https://user:%s@db.internal.corp/%s' % (word(r, 14), word(r, 5))]
    return ['api_key: "%s"  # %s' % (word(r, 32, '0123456789abcdef'), pool.one(aws))]


def new_file(r, pool):
    out = []
    for _ in range(r.choice((1, 5, 30, 200, 1200))):
        out += secret_lines(r, pool) if r.random() < 0.07 else [filler(r)]
    return out


def edit(r, pool, lines):
    lines = list(lines)
    for _ in range(r.choice((1, 1, 1, 2, 4))):
        at, n = r.randrange(len(lines) + 1), r.choice((1, 1, 2, 5, 40))
        kind = r.randrange(8)
        if kind == 0:
            lines[at:at] = secret_lines(r, pool)
        elif kind == 1:
            lines[at:at] = [filler(r) for _ in range(n)]
        elif kind == 2:
            del lines[at:at + n]
        elif kind == 3:
            block = lines[at:at + n]
            del lines[at:at + n]
            to = r.randrange(len(lines) + 1)
            lines[to:to] = block
        elif kind == 4:
            to = r.randrange(len(lines) + 1)
            lines[to:to] = lines[at:at + n]
        elif kind == 5 and at < len(lines) and lines[at]:
            i = r.randrange(len(lines[at]))
            lines[at] = lines[at][:i] + word(r, r.randrange(3)) + lines[at][i + r.randrange(3):]
        elif kind == 6 and at + 1 < len(lines):
            lines[at:at + 2] = [lines[at] + lines[at + 1]]
        elif kind == 7:
            lines = lines[:at] if r.random() < 0.2 else lines[at:] if r.random() < 0.2 else lines
    return lines


def new_path(r):
    folder = r.choice(('', 'src/', 'src/deep/er/', 'tests/', 'conf/'))
    return folder + word(r, 5, string.ascii_lowercase) + r.choice(CODE + CONFIG + ('.txt', ''))


def history(r, out):
    """Writes a stream for git fast-import; calls come back in phases, so that it may be packed between them."""
    pool, files, olds, time = Pool(r), {}, [], 1600000000
    ends = '\r\n' if r.random() < 0.1 else '\n'
    for number in range(1, r.choice((3, 8, 20, 40)) + 1):
        for _ in range(r.choice((1, 1, 2, 5))):
            kind, path = r.randrange(10), r.choice(sorted(files)) if files else None
            if path is None or kind == 0:
                files[new_path(r)] = new_file(r, pool)
            elif kind == 1:
                del files[path]
            elif kind == 2:
                files[new_path(r)] = files.pop(path)
            elif kind == 3:
                files[new_path(r)] = list(files[path])
            elif kind == 4 and olds:
                files = dict(r.choice(olds))
            elif kind == 5:
                files[new_path(r)] = edit(r, pool, files[path])
            else:
                files[path] = edit(r, pool, files[path])
        files = {p: l for p, l in files.items() if not any(q.startswith(p + '/') for q in files)}
        olds.append(dict(files))
        time += r.randrange(1, 100000)
        message = 'commit %d' % number
        if r.random() < 0.05:
            message += ' with ' + pool.one(github)
        out.append('commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata %d\n%s\ndeleteall\n' % (
            time, len(message), message))
        for p in sorted(files):
            text = ends.join(files[p]) + (ends if r.random() < 0.9 else '')
            out.append('M 100644 inline %s\ndata %d\n%s\n' % (p, len(text), text))


def git(repo, *args, data=None):
    return subprocess.run(('git', '-C', repo) + args, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, check=True).stdout


def pack(r, repo):
    how = r.randrange(7)
    depth, window = str(r.choice((1, 5, 50, 400))), str(r.choice((2, 10, 100)))
    if how < 3:
        git(repo, 'repack', '-adfq', '--depth=' + depth, '--window=' + window)
    elif how == 3:      # ref-deltas
        git(repo, '-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq', '--depth=' + depth, '--window=' + window)
    elif how == 4:      # index of version 1
        git(repo, '-c', 'pack.indexVersion=1', 'repack', '-adfq', '--depth=' + depth)
    elif how == 5:      # loose
        packs = os.path.join(repo, 'objects', 'pack')
        for name in sorted(os.listdir(packs)):
            path = os.path.join(packs, name)
            os.rename(path, os.path.join(TOP, name))
            if name.endswith('.pack'):
                with open(os.path.join(TOP, name), 'rb') as f:
                    git(repo, 'unpack-objects', '-q', data=f.read())
            os.unlink(os.path.join(TOP, name))
    return ('repack', 'repack', 'repack', 'ref-deltas', 'version 1', 'loose', 'as imported')[how]


def make(r, repo):
    shutil.rmtree(repo, ignore_errors=True)
    subprocess.run(('git', 'init', '-q', '--bare', '-b', 'main', repo), env=ENV, check=True)
    out, how = [], []
    history(r, out)
    commits = [i for i, line in enumerate(out) if line.startswith('commit ')] + [len(out)]
    cuts = sorted(set(r.sample(commits, min(len(commits), r.choice((1, 1, 2, 3)))) + [commits[-1]]))
    at = 0
    for cut in cuts:    # each phase its own pack, some of them packed anew
        stream = ''.join(out[at:cut])
        if stream:
            if at:
                stream = stream.replace('\ndeleteall\n', '\nfrom refs/heads/main^0\ndeleteall\n', 1)
            git(repo, '-c', 'fastimport.unpackLimit=%d' % r.choice((0, 0, 100)), 'fast-import', '--quiet', data=stream.encode())
            if r.random() < 0.6:
                how.append(pack(r, repo))
        at = cut
    if r.random() < 0.3 and os.listdir(os.path.join(repo, 'objects', 'pack')):
        git(repo, 'multi-pack-index', 'write')
    return how


def kind(path):
    """As a text is judged by it: the extension's kind, whether it looks like a test; and manifests and .env have rules of their own."""
    end = os.path.splitext(path)[1]
    return (0 if end in CODE else 1 if end in CONFIG else 2), any(w in path for w in (
        'test', 'spec/', 'fixture', 'mock', 'example', 'sample', 'demo')), end in ('.yaml', '.env') and end


def walk(repo):
    """For each blob its paths, the first one first, with the ranks that brought and removed it; and the ids by rank."""
    commits = git(repo, 'rev-list', '--reverse', '--topo-order', 'main').decode().split()
    paths, brought, removed, tip = {}, {}, {}, set()
    for rank, commit in enumerate(commits, 1):
        changes = git(repo, 'diff-tree', '-r', '-z', '--root', '--no-renames', '--no-commit-id', commit).split(b'\0')
        for head, path in zip(changes[0::2], changes[1::2]):
            _, _, was, new, _ = head.decode().split()
            path = path.decode()
            if int(new, 16):
                brought.setdefault(new, rank)
                if path not in paths.setdefault(new, []):
                    paths[new].append(path)
            if int(was, 16):
                removed[was] = rank
    for line in git(repo, 'ls-tree', '-r', 'main').decode().splitlines():
        tip.add(line.split()[2])
    return commits, paths, brought, {b: 0 if b in tip else r for b, r in removed.items()}


def scan(target, *more):
    p = subprocess.run((STANCH, 'scan', target, '--format', 'jsonl', '--show-secrets', '--no-config', '--no-sandbox') + more,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode not in (0, 1):
        raise SystemExit('stanch scan %s ended with %d: %s\n%s' % (target, p.returncode, p.stderr.decode(), p.stdout.decode()[-2000:]))
    return [json.loads(line) for line in p.stdout.decode('utf-8', 'surrogateescape').splitlines()]


def expected(repo, where):
    """(rule, secret, path) -> blobs that hold it, the first of them, its line and column, brought and removed."""
    commits, paths, brought, removed = walk(repo)
    shutil.rmtree(where, ignore_errors=True)
    wanted, names = {}, {}
    for n, blob in enumerate(sorted(paths)):
        kinds = set()
        for i, path in enumerate([paths[blob][0]] + sorted(paths[blob][1:])):
            if kind(path) in kinds:
                continue
            kinds.add(kind(path))
            name = '%d.%d/%s' % (n, i, path)
            os.makedirs(os.path.dirname(os.path.join(where, name)), exist_ok=True)
            with open(os.path.join(where, name), 'wb') as f:
                f.write(git(repo, 'cat-file', 'blob', blob))
            names[name] = (blob, path)
    os.makedirs(where, exist_ok=True)
    for f in scan(where):
        if f['type'] != 'finding':
            continue
        blob, path = names[f['file'][len(where) + 1:] if f['file'].startswith(where) else f['file']]
        key = f['rule'], f['secret'], path
        wanted.setdefault(key, {}).setdefault(blob, []).append((f['line'], f['column']))
    out = {}
    for key, blobs in wanted.items():
        least = min(brought[b] for b in blobs)
        gone = [removed.get(b, 0) for b in blobs]
        last = 0 if 0 in gone else max(gone)
        # of a path that it had, too, a content is known by its first commit, which then may have brought two
        firsts = {(b, min(blobs[b])) for b in blobs if brought[b] == least}
        out[key] = len(blobs), commits[least - 1], firsts, commits[last - 1] if last else None
    return out


def found(repo):
    out = {}
    for f in scan('git:' + repo):
        if f['type'] == 'unread':
            raise SystemExit('unread: %s' % f)
        if f['type'] != 'finding':
            continue
        for place in [f] + f.get('places', []):
            steps = place['origin']
            commit = next(s for s in steps if s['step'] == 'commit')
            what = next(s for s in steps if s['step'] in ('file', 'object'))
            if what['step'] == 'object':
                continue        # in a commit's message
            key = f['rule'], f['secret'], what['name']
            assert key not in out, key
            out[key] = (int(commit.get('versions', 1)), commit['name'], (what['object'], (place['line'], place['column'])),
                        commit.get('removed_by'))
    return out


def same(want, have):
    return want and have and want[:2] == have[:2] and have[2] in want[2] and want[3] == have[3]


def main():
    total = blobs = 0
    os.makedirs(TOP, exist_ok=True)
    for seed in range(SEED, SEED + COUNT):
        r = random.Random(seed)
        repo, where = os.path.join(TOP, 'repo.git'), os.path.join(TOP, 'blobs')
        how = make(r, repo)
        want, have = expected(repo, where), found(repo)
        total += len(want)
        blobs += sum(w[0] for w in want.values())
        differ = [key for key in sorted(set(want) | set(have)) if not same(want.get(key), have.get(key))]
        if differ:
            for key in differ[:20]:
                print('seed %d (%s): %s\n  whole  %s\n  deltas %s' % (seed, ', '.join(how), key, want.get(key), have.get(key)))
            raise SystemExit('seed %d: the findings differ; %s and %s are left' % (seed, repo, where))
    print('%d random histories: %d secrets in %d blobs, all equal' % (COUNT, total, blobs))


main()
