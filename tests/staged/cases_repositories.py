"""Kinds of repositories, broken and hostile ones."""
import hashlib, os, random, shutil, subprocess

from scratch import Repo, check, exercise, filler, secret


# --- kinds of repositories ---

def test_index_versions(room):
    for version in '2', '3', '4':
        r = Repo(room, 'v' + version)
        r.git('config', 'index.version', version)
        exercise(r)
        r.add('d0/new', secret(1))
        r.git('update-index', '--skip-worktree', 'd0/s0/f0')
        r.git('add', '-N', '.')
        check(version, r.staged(), (1, ['d0/new:1']))


def test_index_offsets(room):
    r = Repo(room)
    r.git('config', 'index.threads', '4')
    exercise(r)


def test_split_index(room):
    r = Repo(room)
    exercise(r)
    r.git('update-index', '--split-index')
    check('nothing', r.staged(), (0, []))
    r.add('d3/s1/f13', 'first\n' + secret(21))
    r.add('d3/s1/new', secret(22))
    r.git('rm', '-q', 'd3/s1/f28')
    check('split', r.staged(), (1, ['d3/s1/f13:2', 'd3/s1/new:1']))
    check('files', r.files, 2)
    r.git('rm', '-q', '--cached', 'd3/s1/new')
    check('added and taken back', r.staged(), (1, ['d3/s1/f13:2']))
    for f in os.listdir(r.path + '/.git'):
        if f.startswith('sharedindex.'):
            os.remove(r.path + '/.git/' + f)
    status, _ = r.staged()
    check('the shared part is missing', status, 3)


def test_sparse_index(room):
    r = Repo(room)
    exercise(r)
    r.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'd1')
    check('nothing', r.staged(), (0, []))
    r.add('d1/new2', secret(1))
    check('inside', r.staged(), (1, ['d1/new2:1']))
    r.commit()
    # a folder of the sparse index that is another one than in HEAD
    r.git('checkout', '-qb', 'other')
    r.git('sparse-checkout', 'disable')
    r.add('d3/s1/sparse', secret(2))
    r.commit()
    r.git('checkout', '-q', 'main')
    r.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'd1')
    r.git('read-tree', 'other')
    r.git('update-index', '--really-refresh', ok=False)
    r.git('-c', 'index.sparse=true', 'sparse-checkout', 'reapply', ok=False)
    check('in a folder', r.staged(), (1, ['d3/s1/sparse:1']))
    check('named', r.staged('d3/s1/sparse'), (1, ['d3/s1/sparse:1']))


def test_sparse_folder_entry(room):
    r = Repo(room)
    exercise(r)
    other = r.git('rev-parse', 'HEAD^{tree}').strip()
    r.add('d3/s1/sparse', secret(2))
    tree = r.git('rev-parse', r.git('write-tree').strip() + ':d3').strip()
    r.git('reset', '-q', '--hard')
    r.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'd1')
    if 'd3/' not in r.git('ls-files', '--sparse'):
        return 'this git makes no sparse index'
    # the id of the folder's entry, where it stands
    was = r.git('rev-parse', other + ':d3').strip()
    with open(r.path + '/.git/index', 'rb') as f:
        index = f.read()
    check('occurs', index.count(bytes.fromhex(was)) >= 1, True)
    index = index.replace(bytes.fromhex(was), bytes.fromhex(tree))[:-20]
    # the cached root is another one, too
    index = index.replace(bytes.fromhex(r.git('rev-parse', 'HEAD^{tree}').strip()), bytes.fromhex('77' * 20))
    with open(r.path + '/.git/index', 'wb') as f:
        f.write(index + hashlib.sha1(index).digest())
    check('a whole folder', r.staged(), (1, ['d3/s1/sparse:1']))


def test_sha256(room):
    r = Repo(room, object_format='sha256')
    exercise(r)


def test_packed(room):
    r = Repo(room)
    exercise(r)
    r.git('gc', '-q')
    r.git('pack-refs', '--all')
    r.add('d3/s1/f13', filler(5, 13) + secret(12) + secret(31))
    check('packed', r.staged(), (1, ['d3/s1/f13:7']))


def test_worktree(room):
    r = Repo(room)
    exercise(r)
    r.git('worktree', 'add', '-q', '../linked')
    w = Repo(room, 'linked', init=False)
    w.add('d1/w', secret(1))
    check('linked worktree', w.staged(), (1, ['d1/w:1']))
    check('from a folder in it', w.staged(cwd=w.path + '/d1'), (1, ['d1/w:1']))
    check('the main one', r.staged(), (0, []))


def test_submodule_worktree(room):
    inner = Repo(room, 'inner')
    exercise(inner)
    r = Repo(room)
    r.add('x', 'x\n')
    r.commit()
    r.git('-c', 'protocol.file.allow=always', 'submodule', '-q', 'add', '../inner', 'sub')
    sub = Repo(room, 'repo/sub', init=False)
    sub.add('n', secret(1))
    check('in a submodule', sub.staged(), (1, ['n:1']))


def test_alternates(room):
    r = Repo(room)
    exercise(r)
    subprocess.run(['git', 'clone', '-q', '-s', r.path, room + '/shared'], check=True, env=r.env)
    s = Repo(room, 'shared', init=False)
    s.add('d3/s1/f13', filler(5, 13) + secret(12) + 'x\n' + secret(2))
    check('base lies in the alternate', s.staged(), (1, ['d3/s1/f13:8']))


def test_environment(room):
    r = Repo(room)
    exercise(r)
    r.add('one', secret(1))
    r.write('two', secret(2))
    env = {'GIT_INDEX_FILE': room + '/index'}
    r.git('read-tree', 'HEAD', env=env)
    r.git('update-index', '--add', 'two', env=env)
    check('another index', r.staged(env=env), (1, ['two:1']))
    check('its own', r.staged(), (1, ['one:1']))
    check('GIT_DIR', r.staged(env={'GIT_DIR': r.path + '/.git', 'GIT_WORK_TREE': r.path}, cwd=room), (1, ['one:1']))
    quarantine = {'GIT_OBJECT_DIRECTORY': room + '/objects', 'GIT_ALTERNATE_OBJECT_DIRECTORIES': r.path + '/.git/objects'}
    os.mkdir(room + '/objects')
    r.write('three', secret(3))
    r.git('add', 'three', env=quarantine)
    check('object folder elsewhere', r.staged(env=quarantine), (1, ['one:1', 'three:1']))
    check('without it', r.staged(), (1, ['one:1']))
    check('an object is missing', len(r.unread), 1)
    check('index that is not there', r.staged(env={'GIT_INDEX_FILE': room + '/none'}), (0, []))


# --- what can't be read stops ---

def loose(r, path):
    oid = r.git('rev-parse', f':{path}').strip()
    return f'{r.path}/.git/objects/{oid[:2]}/{oid[2:]}'


def test_missing_object(room):
    r = Repo(room)
    r.add('a', 'a\n')
    r.add('b', 'b\n')
    os.remove(loose(r, 'b'))
    check('missing', r.staged(), (4, []))
    r.add('c', secret(1))
    check('beside a finding', r.staged(), (1, ['c:1']))


def test_damaged_object(room):
    r = Repo(room)
    r.add('a', filler(100))
    path = loose(r, 'a')
    os.chmod(path, 0o644)
    with open(path, 'r+b') as f:
        f.truncate(40)
    check('damaged', r.staged(), (4, []))


def test_damaged_index(room):
    r = Repo(room)
    exercise(r)
    r.add('new', secret(1))
    with open(r.path + '/.git/index', 'rb') as f:
        index = f.read()
    for cut in 0, 3, 12, 100, len(index) // 2, len(index) - 1:
        with open(r.path + '/.git/index', 'wb') as f:
            f.write(index[:cut])
        status, _ = r.staged()
        # git takes an empty file for an empty index, and so do we
        check(f'cut at {cut}', status, 3 if cut else 0)
    rand = random.Random(7)
    for i in range(60):
        at = rand.randrange(len(index) - 20)
        broken = index[:at] + bytes([index[at] ^ 1 << rand.randrange(8)]) + index[at + 1:]
        with open(r.path + '/.git/index', 'wb') as f:
            f.write(broken)
        status, found = r.staged()
        check(f'bit at {at}: the checksum', status, 3)
    os.remove(r.path + '/.git/index')
    os.mkfifo(r.path + '/.git/index')
    check('fifo', r.staged()[0], 3)
    os.remove(r.path + '/.git/index')
    os.symlink(room + '/elsewhere', r.path + '/.git/index')
    check('link', r.staged()[0], 3)


def test_damaged_head(room):
    r = Repo(room)
    exercise(r)
    r.add('new', 'x\n')
    r.write('.git/refs/heads/main', '0' * 39 + '\n')
    check('no id', r.staged()[0], 3)
    r.write('.git/refs/heads/main', '1' * 40 + '\n')
    check('missing commit', r.staged()[0], 3)


def test_no_repository(room):
    r = Repo(room)
    shutil.rmtree(r.path + '/.git')
    check('none', r.staged()[0], 3)
    check('said', 'no git repository' in r.stderr, True)
    check('GIT_DIR leads nowhere', r.staged(env={'GIT_DIR': room + '/none'})[0], 3)


# --- hostile repositories ---

def test_canaries(room):
    """Whatever a repository may name to be run is not."""
    r = Repo(room)
    exercise(r)
    r.add('new', secret(1))
    canary = room + '/canary'
    with open(r.path + '/.git/config', 'a') as f:
        for key in ('core.fsmonitor', 'core.pager', 'core.editor', 'core.sshCommand', 'core.gitProxy', 'core.askPass', 'diff.external',
                    'diff.x.command', 'diff.x.textconv', 'filter.x.clean', 'filter.x.smudge', 'filter.x.process', 'merge.x.driver',
                    'credential.helper', 'gpg.program', 'uploadpack.packObjectsHook', 'interactive.diffFilter', 'alias.staged',
                    'core.alternateRefsCommand', 'remote.origin.uploadpack'):
            section, _, name = key.rpartition('.')
            first, _, sub = section.partition('.')
            f.write(f'[{first}' + (f' "{sub}"' if sub else '') + f']\n\t{name} = "touch {canary}; cat"\n')
        f.write('[include]\n\tpath = fifo\n[includeIf "gitdir:/"]\n\tpath = fifo\n')
    os.mkfifo(r.path + '/.git/fifo')
    for file in '.git/info/attributes', '.gitattributes':
        r.write(file, '* diff=x filter=x merge=x\n')
    for hook in 'pre-commit', 'post-index-change', 'fsmonitor-watchman', 'reference-transaction':
        r.write(f'.git/hooks/{hook}', f'#!/bin/sh\ntouch {canary}\n', mode=0o755)
    check('found', r.staged(), (1, ['new:1']))
    check('nothing ran', os.path.exists(canary), False)
    # git itself does run them, so the canaries sing; it would wait for ever for the included fifo
    os.remove(r.path + '/.git/fifo')
    r.git('-C', r.path, 'status', ok=False)
    check('they would', os.path.exists(canary), True)


def test_git_elsewhere(room):
    r = Repo(room)
    exercise(r)
    r.add('new', secret(1))
    os.mkdir(room + '/trap')
    with open(room + '/trap/.git', 'w') as f:
        f.write(f'gitdir: {r.path}/.git\n')
    t = Repo(room, 'trap', init=False)
    check('a .git file that is not answered', t.staged()[0], 3)
    os.remove(room + '/trap/.git')
    os.symlink(r.path + '/.git', room + '/trap/.git')
    check('a link', t.staged()[0], 3)
    objects = r.path + '/.git/objects'
    shutil.move(objects, room + '/objects')
    os.symlink(room + '/objects', objects)
    check('linked objects', r.staged()[0], 3)


def tree(r, entries):
    return r.git('mktree', '--missing', '-z', stdin=b'\0'.join(f'{m} {t} {o}\t{n}'.encode() for m, t, o, n in entries) + b'\0').strip()


def test_deep_and_strange_trees(room):
    r = Repo(room)
    blob = r.git('hash-object', '-w', '--stdin', stdin=b'x\n').strip()
    at = tree(r, [('100644', 'blob', blob, 'f')])
    for _ in range(300):
        at = tree(r, [('040000', 'tree', at, 'd')])
    commit = r.git('commit-tree', at, '-m', 'deep').strip()
    r.git('reset', '-q', commit)
    r.git('read-tree', commit)
    check('nothing', r.staged(), (0, []))
    path = 'd/' * 300 + 'f'
    new = r.git('hash-object', '-w', '--stdin', stdin=secret(1).encode()).strip()
    r.git('update-index', '--cacheinfo', f'100644,{new},{path}')
    check('deep', r.staged(), (1, [path + ':1']))
