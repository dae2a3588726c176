"""Hooks of a push: every commit that comes by it is looked at, and none that was there."""
import json, os, shutil

from scratch import STANCH, Repo, check, filler, secret


def with_stanch(room, r):
    os.makedirs(room + '/bin', exist_ok=True)
    if not os.path.exists(room + '/bin/stanch'):
        shutil.copy(STANCH, room + '/bin/stanch')
    r.env['PATH'] = room + '/bin:' + os.environ['PATH']


def server(room):
    """A bare repository that looks at what it receives, and a clone of it."""
    bare = Repo(room, 'server', init=False)
    os.mkdir(bare.path)
    bare.git('init', '-q', '--bare', '-b', 'main')
    with_stanch(room, bare)
    bare.run(room + '/bin/stanch', 'staged', '--install', '--hook', 'pre-receive')
    r = Repo(room)
    with_stanch(room, r)
    r.git('remote', 'add', 'origin', bare.path)
    r.add('f', filler(20))
    r.commit()
    check('first push', pushes(r, 'main'), True)
    return bare, r


def pushes(r, *args):
    done = r.run('git', 'push', '-q', 'origin', *args, ok=False)
    r.said = (done.stdout + done.stderr).decode(errors='replace')
    return done.returncode == 0


def test_pre_receive(room):
    bare, r = server(room)
    r.add('s', 'a\n' + secret(1))
    r.commit()
    brought = r.git('rev-parse', 'HEAD').strip()
    r.add('s', 'a\n')
    r.commit()
    check('a secret in between', pushes(r, 'main'), False)
    for word in brought[:12], 's:2', 'rebase':
        check(f'says {word}', word in r.said, True)
    check('nothing was received', bare.git('rev-list', '--count', '--all').strip(), '1')
    check('another branch', pushes(r, 'main:other'), False)
    check('a tag', pushes(r, f'{brought}:refs/tags/t'), False)
    r.git('reset', '-q', '--hard', 'HEAD~2')
    r.add('g', 'x\n')
    r.commit()
    check('without it', pushes(r, 'main'), True)
    check('a branch of what is there', pushes(r, 'main:same'), True)
    r.git('tag', '-a', '-m', 'x', 'v1')
    check('an annotated tag', pushes(r, 'v1'), True)
    check('a branch less', pushes(r, ':same'), True)
    r.git('commit', '--amend', '-qm', 'z')
    check('forced', pushes(r, '-f', 'main'), True)
    r.git('gc', '-q')
    r.add('h', secret(2))
    r.commit()
    check('and again', pushes(r, 'main'), False)


def test_pre_receive_merges(room):
    bare, r = server(room)
    bare.git('config', 'core.hooksPath', '/nowhere')
    r.git('checkout', '-qb', 'side')
    r.add('old', secret(1))
    r.commit()
    check('was there before', pushes(r, 'side'), True)
    bare.git('config', '--unset', 'core.hooksPath')
    r.git('checkout', '-q', 'main')
    r.add('f', filler(20) + 'more\n')
    r.commit()
    r.git('merge', '-q', '-m', 'm', 'side')
    check('a merge of what is there', pushes(r, 'main'), True)
    r.git('checkout', '-q', 'side')
    r.add('f', filler(20) + 'other\n')
    r.commit()
    r.git('merge', '-q', 'main', ok=False)
    r.add('f', filler(20) + 'both\n' + secret(2))
    r.git('commit', '-qm', 'm')
    check('a merge that brings its own', pushes(r, 'side'), False)
    check('where', 'f:22' in r.said, True)


def test_pre_push(room):
    bare, r = server(room)
    bare.git('config', 'core.hooksPath', '/nowhere')
    r.git('fetch', '-q', 'origin')
    r.run(room + '/bin/stanch', 'staged', '--install', '--hook', 'pre-push')
    check('nothing new', pushes(r, 'main'), True)
    r.add('s', secret(1))
    r.commit()
    r.git('rm', '-q', 's')
    r.commit()
    check('stopped', pushes(r, 'main'), False)
    check('a new branch', pushes(r, 'main:new'), False)
    check('past the hook', pushes(r, '--no-verify', 'main'), True)
    r.add('t', 'x\n')
    r.commit()
    check('what the remote has is not told again', pushes(r, 'main'), True)
    # another remote has none of it
    Repo(room, 'public', init=False)
    os.mkdir(room + '/public')
    r.git('init', '-q', '--bare', room + '/public')
    r.git('remote', 'add', 'public', room + '/public')
    done = r.run('git', 'push', '-q', 'public', 'main', ok=False)
    check('to another remote', done.returncode != 0, True)


def test_chained(room):
    bare, r = server(room)
    bare.run(room + '/bin/stanch', 'staged', '--uninstall')
    check('gone', os.path.exists(bare.path + '/hooks/pre-receive'), False)
    bare.write('hooks/pre-receive', f'#!/bin/sh\ncat >{room}/lines\n', mode=0o755)
    bare.run(room + '/bin/stanch', 'staged', '--install', '--hook', 'pre-receive')
    r.add('g', 'x\n')
    r.commit()
    check('passes', pushes(r, 'main'), True)
    head = r.git('rev-parse', 'HEAD').strip()
    check('the chained one reads the lines, too', open(room + '/lines').read().split()[1:], [head, 'refs/heads/main'])
    r.add('g', secret(1))
    r.commit()
    check('stopped', pushes(r, 'main'), False)


def test_lines(room):
    r = Repo(room)
    r.add('f', filler(3))
    r.commit()
    one = r.git('rev-parse', 'HEAD').strip()
    r.add('f', filler(3) + secret(1))
    r.commit()
    r.add('f', filler(3) + secret(1) + 'more\n')
    r.commit()
    two = r.git('rev-parse', 'HEAD').strip()
    line = f'{one} {two} refs/heads/main\n'.encode()
    done = r.run(STANCH, 'staged', '--received', '--format', 'jsonl', stdin=line, ok=False)
    found = [json.loads(l) for l in done.stdout.splitlines()]
    check('found', [(f['line'], f['origin'][0]['step'], f['origin'][1]['name']) for f in found if f['type'] == 'finding'], [(4, 'commit', 'f')])
    # refs leave out what was there before a push; what a ref leads to by now is none of that
    held = {'GIT_QUARANTINE_PATH': room}
    check('refs', r.run(STANCH, 'staged', '--received', stdin=line, env=held).returncode, 0)
    check('who', found[0]['origin'][0]['author'], 'a')
    check('paths', r.run(STANCH, 'staged', '--received', 'g', stdin=line).returncode, 0)
    check('empty', r.run(STANCH, 'staged', '--received', stdin=b'').returncode, 0)
    zero = '0' * 40
    check('deleted', r.run(STANCH, 'staged', '--received', stdin=f'{one} {zero} r\n'.encode()).returncode, 0)
    check('all', r.run(STANCH, 'staged', '--received', stdin=f'{zero} {two} r\n'.encode(), ok=False).returncode, 1)
    for wrong in b'x\n', b'a b c\n', f'{one} {two}\n'.encode(), b'\0\n', f'{two} {one} a b\n'.encode():
        check(wrong, r.run(STANCH, 'staged', '--received', stdin=wrong, ok=False).returncode, 3)
    check('not here', r.run(STANCH, 'staged', '--received', stdin=f'{one} {"1" * 40} r\n'.encode(), ok=False).returncode, 3)
    check('old is not here', r.run(STANCH, 'staged', '--received', stdin=f'{"1" * 40} {two} r\n'.encode(), ok=False).returncode, 1)
    check('both', r.run(STANCH, 'staged', '--received', '--pushed', 'x', stdin=b'', ok=False).returncode, 2)


def test_clocks(room):
    """Commits whose clocks go backwards are still all looked at."""
    r = Repo(room)
    for i in range(8):
        r.add(f'f{i}', secret(i))
        date = f'{1700000000 - i * 1000} +0000'
        r.git('commit', '-qm', 'x', env={'GIT_AUTHOR_DATE': date, 'GIT_COMMITTER_DATE': date})
    ids = r.git('rev-list', '--reverse', 'HEAD').split()
    for i in range(7):
        done = r.run(STANCH, 'staged', '--received', '--format', 'jsonl', stdin=f'{ids[i]} {ids[7]} r\n'.encode(), ok=False)
        got = {json.loads(l)['origin'][1]['name'] for l in done.stdout.splitlines() if b'"finding"' in l}
        check(f'from {i}', got >= {f'f{n}' for n in range(i + 1, 8)}, True)


def test_messages(room):
    """What is said of a commit is pushed with it."""
    bare, r = server(room)
    r.git('commit', '-q', '--allow-empty', '-m', 'fix login', '-m', 'worked with ' + secret(1))
    check('stopped', pushes(r, 'main'), False)
    check('where', r.git('rev-parse', 'HEAD').strip()[:12] + ':3' in r.said or ':3:' in r.said, True)
    r.git('commit', '-q', '--allow-empty', '--amend', '-m', 'fix login')
    check('amended', pushes(r, 'main'), True)
    r.git('tag', '-a', '-m', 'first\n\nwith ' + secret(2), 'v1')
    check('a tag stopped', pushes(r, 'v1'), False)
    check('where in the tag', r.git('rev-parse', 'v1').strip()[:12] in r.said, True)
    r.git('tag', '-a', '-f', '-m', 'of a tag', 'v2', 'v1')
    check('a tag of it', pushes(r, 'v2'), False)
    r.git('tag', '-a', '-f', '-m', 'first', 'v1', 'v1^{}')
    check('a clean tag', pushes(r, 'v1'), True)
