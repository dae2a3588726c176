"""A base image and one built on it, by buildah, with secrets in every place that an image has; all made at test time."""
import base64, binascii, gzip, io, os, random, shutil, string, subprocess, tarfile, zipfile

R = random.SystemRandom()
ALNUM = string.digits + string.ascii_uppercase + string.ascii_lowercase


def pick(alphabet, n):
    return ''.join(R.choices(alphabet, k=n))


def github():
    """A GitHub token with its right check digits."""
    body = pick(ALNUM, 30)
    crc, digits = binascii.crc32(body.encode()), ''
    for _ in range(6):
        crc, d = divmod(crc, 62)
        digits = ALNUM[d] + digits
    return 'ghp' + '_' + body + digits


class Planted:
    """What must be found: the secret, the path, a part of the instruction that made the layer, the state; only: formats."""

    def __init__(self, secret, path, made=None, state=None, only=None):
        self.secret, self.path, self.made, self.state, self.only = secret, path, made, state, only


class Plan:
    def __init__(self, room):
        self.room, self.planted = room, []

    def add(self, path, made, state, text='token = %s\n', only=None, at=None):
        """A fresh token, expected at a path; the text that holds it is returned."""
        secret = github()
        self.planted.append(Planted(secret, at or path, made, state, only))
        return (text % secret).encode()

    def write(self, folder, path, data):
        full = os.path.join(self.room, folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'wb') as f:
            f.write(data)

    def file(self, folder, path, made, state, text='token = %s\n', wrap=lambda data: data, at=None):
        self.write(folder, path, wrap(self.add(path, made, state, text, at=at)))


def zipped(name):
    def wrap(data):
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr(name, data)
        return out.getvalue()
    return wrap


def tarred(name, mode='w:gz'):
    def wrap(data):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode) as t:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
        return out.getvalue()
    return wrap


def deb(data):
    inner = tarred('./etc/tool.conf')(data)
    head = lambda name, n: f'{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{n:<10}`\n'.encode()
    return (b'!<arch>\n' + head('debian-binary', 4) + b'2.0\n' + head('data.tar.gz', len(inner)) + inner
            + (b'\n' if len(inner) % 2 else b''))


def git(repo, *args):
    env = dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_SYSTEM='/dev/null', GIT_AUTHOR_NAME='a', GIT_AUTHOR_EMAIL='a@b.example',
               GIT_COMMITTER_NAME='a', GIT_COMMITTER_EMAIL='a@b.example')
    subprocess.run(['git', '-C', repo, *args], check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def baked(plan, name, pack):
    """A repository copied into the image, whose tree no longer has the secret."""
    repo = os.path.join(plan.room, 'app/srv', name)
    os.makedirs(repo)
    git(repo, 'init', '-q', '-b', 'main')
    with open(os.path.join(repo, 'settings.ini'), 'wb') as f:
        f.write(plan.add(f'srv/{name}/.git', 'COPY dir', 'present'))
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'first')
    with open(os.path.join(repo, 'settings.ini'), 'w') as f:
        f.write('token = from the environment\n')
    git(repo, 'commit', '-qam', 'second')
    if pack:
        git(repo, 'gc', '-q', '--aggressive', '--prune=now')


def key(plan, folder, path, made):
    full = os.path.join(plan.room, folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', full], check=True)
    os.unlink(full + '.pub')
    with open(full) as f:
        plan.planted.append(Planted(f.read().strip().splitlines()[2], path, made, 'present'))


def base_files(plan):
    made, f = 'COPY dir', plan.file
    f('base', 'etc/base.conf', made, 'present')
    f('base', 'etc/rotated.conf', made, 'replaced in layer')
    f('base', 'opt/gone/key', made, 'deleted in layer')
    f('base', 'opt/gone.conf', made, 'deleted in layer')
    f('base', 'opt/emptied/a/b/key', made, 'deleted in layer')
    f('base', 'opt/turned/key', made, 'deleted in layer')
    f('base', 'usr/share/doc/README.md', made, 'present')
    # a library that the base came with is no less the image's
    f('base', 'usr/lib/python3/vendor/client/test_settings.py', made, 'present', 'TOKEN = "%s"\n')


def home_files(plan):
    made, f = 'COPY dir', plan.file
    f('app', 'root/.npmrc', made, 'present', '//npm.pkg.github.com/:_authToken=%s\n')
    f('app', 'root/.netrc', made, 'present', 'machine github.com login me password %s\n')
    f('app', 'root/.git-credentials', made, 'present', 'https://me:%s@github.com\n')
    f('app', 'root/.bash_history', made, 'present', 'ls\ncurl -H "Authorization: token %s" https://api.github.com\n')
    f('app', 'root/.pypirc', made, 'present', '[pypi]\nusername = __token__\npassword = %s\n')
    f('app', 'root/.kube/config', made, 'present', 'users:\n- name: me\n  user:\n    token: %s\n')
    f('app', 'root/.config/gh/hosts.yml', made, 'present', 'github.com:\n    oauth_token: %s\n')
    f('app', 'root/.cache/pip/http/1/2/3', made, 'present', 'GET /simple HTTP/1.1\r\nAuthorization: Bearer %s\r\n')
    f('app', 'root/.docker/config.json', made, 'present', '%s', lambda d: b'{"auths":{"ghcr.io":{"auth":"'
      + base64.b64encode(b'me:' + d) + b'"}}}')
    key(plan, 'app', 'root/.ssh/id_ed25519', made)
    key(plan, 'app', 'etc/ssh/ssh_host_ed25519_key', made)


def app_files(plan):
    made, f = 'COPY dir', plan.file
    f('app', 'etc/rotated.conf', made, 'present', '# the new one\ntoken = %s\n')
    f('app', 'srv/.env', made, 'present', 'GITHUB_TOKEN=%s\n')
    f('app', 'srv/test/fixtures/login.json', made, 'present', '{"token": "%s"}')
    f('app', 'srv/vendor/lib/example.md', made, 'present')
    f('app', 'srv/app.jar', made, 'present', wrap=zipped('config.properties'), at='srv/app.jar!config.properties')
    f('app', 'srv/outer.jar', made, 'present', wrap=lambda d: zipped('lib/inner.jar')(zipped('a.properties')(d)),
      at='srv/outer.jar!lib/inner.jar!a.properties')
    f('app', 'srv/pkg-1-py3-none-any.whl', made, 'present', wrap=zipped('pkg/settings.py'))
    f('app', 'srv/tool.deb', made, 'present', wrap=deb, at='etc/tool.conf')
    f('app', 'srv/backup.tgz', made, 'present', wrap=tarred('etc/app.conf'))
    f('app', 'srv/backup.tar.xz', made, 'present', wrap=tarred('etc/app.conf', 'w:xz'))
    f('app', 'srv/log.gz', made, 'present', wrap=gzip.compress)
    f('app', 'srv/wide.ps1', made, 'present', '$token = "%s"\r\n', lambda d: b'\xff\xfe' + d.decode().encode('utf-16-le'))
    f('app', 'srv/secret.yaml', made, 'present', '%s', lambda d: b'kind: Secret\ndata:\n  t: ' + base64.b64encode(b'token: ' + d) + b'\n')
    f('app', 'srv/large.log', made, 'present', '%s\n', lambda d: b'2026-01-01 00:00:00 GET /index.html 200\n' * 1400000 + d)
    f('app', 'tmp/removed.conf', made, 'deleted in layer')
    baked(plan, 'loose', False)
    baked(plan, 'packed', True)
    # the same secret in two layers and three files is one finding with its places
    twice = plan.add('srv/twice/a', made, 'present')
    plan.write('app', 'srv/twice/a', twice)
    plan.write('app', 'srv/twice/b', twice)
    plan.write('late', 'late/twice', twice)
    plan.write('app', 'opt/turned', b'no folder any more\n')
    link = plan.add('srv/link', made, 'present', '/run/%s/x').decode()
    os.symlink(link, os.path.join(plan.room, 'app/srv/link'))


BASE = '''FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY base/ /
RUN mkdir -p /run /tmp
CMD ["/bin/sh"]
'''

APP = '''FROM localhost/base:1
ARG BUILD_TOKEN
ENV APP_TOKEN=%(env)s PATH=/bin
LABEL com.example.token=%(label)s
RUN rm -rf /opt/gone /opt/gone.conf /opt/turned && rm -rf /opt/emptied && mkdir /opt/emptied && : %(run)s
COPY app/ /
RUN rm /tmp/removed.conf
COPY late/ /
HEALTHCHECK CMD curl -H 'Authorization: %(health)s' http://127.0.0.1/
ONBUILD RUN login %(onbuild)s
ENTRYPOINT ["/bin/app", "--token", "%(entry)s"]
CMD ["serve", "%(cmd)s"]
'''


def config_texts(plan):
    add = lambda path, made, only=None: plan.add(path, made, None, '%s', only).decode()
    docker = ('docker-archive', 'stdin', 'docker-gz')
    texts = {
        'env': add('config!Env', 'ENV APP_TOKEN'), 'label': add('config!Labels', 'LABEL com.example.token'),
        'run': add('config!history', 'rm -rf /opt/gone'), 'health': add('config!Healthcheck', 'HEALTHCHECK', docker),
        'onbuild': add('config!OnBuild', 'ONBUILD', docker), 'entry': add('config!Entrypoint', 'ENTRYPOINT'),
        'cmd': add('config!Cmd', 'CMD'),
    }
    return texts


def buildah(room, *args):
    store = ['--storage-driver', 'vfs', '--root', f'{room}/store', '--runroot', f'{room}/run']
    return subprocess.run(['buildah', *store, *args], check=True, cwd=room, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def make(room):
    """Builds both images into room/app.tar, a docker-archive; returns what was planted."""
    plan = Plan(room)
    shutil.copy('/bin/busybox', os.path.join(room, 'busybox'))
    base_files(plan)
    home_files(plan)
    app_files(plan)
    with open(f'{room}/Base', 'w') as f:
        f.write(BASE)
    with open(f'{room}/App', 'w') as f:
        f.write(APP % config_texts(plan))
    argument = plan.add('config!history', '|1 BUILD_TOKEN=', None, '%s').decode()
    buildah(room, 'bud', '--isolation=chroot', '--layers', '--format', 'docker', '-t', 'base:1', '-f', 'Base', '.')
    buildah(room, 'bud', '--isolation=chroot', '--layers', '--format', 'docker', '--build-arg', f'BUILD_TOKEN={argument}', '-t', 'app:1',
            '-f', 'App', '.')
    buildah(room, 'push', 'app:1', f'docker-archive:{room}/app.tar:example.org/app:1')
    buildah(room, 'push', 'base:1', f'docker-archive:{room}/base.tar:example.org/base:1')
    return plan.planted
