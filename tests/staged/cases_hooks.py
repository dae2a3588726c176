"""As a hook of git, beside other hooks, and in the pre-commit framework."""
import os, shutil, subprocess, sys

from scratch import STANCH, TOP, Repo, check, filler, secret, token, two_branches


# --- as a hook ---

def bin_path(room):
    os.makedirs(room + '/bin', exist_ok=True)
    if not os.path.exists(room + '/bin/stanch'):
        shutil.copy(STANCH, room + '/bin/stanch')
    return {'PATH': room + '/bin:' + os.environ['PATH']}


def stanch(r, *args, ok=True, **more):
    return r.run(r.env['PATH'].split(':')[0] + '/stanch', *args, ok=ok, **more)


def hooked(room, name='repo'):
    r = Repo(room, name)
    r.env.update(bin_path(room))
    r.add('x', 'x\n')
    r.commit()
    return r


def commits(r, *args, **more):
    """Whether git commit goes through; what it said."""
    done = r.run('git', 'commit', '-qm', 'y', *args, ok=False, **more)
    r.said = (done.stdout + done.stderr).decode(errors='replace')
    return done.returncode == 0


def test_install(room):
    r = hooked(room)
    stanch(r, 'staged', '--install')
    hook = r.path + '/.git/hooks/pre-commit'
    first = open(hook).read()
    stanch(r, 'staged', '--install')
    check('twice', open(hook).read(), first)
    check('nothing chained', os.path.exists(hook + '.chained'), False)
    r.add('s', secret(1))
    check('stopped', commits(r), False)
    for word in 's:1', 'stanch:allow', 'git add':
        check(f'says {word}', word in r.said, True)
    check('no secret is shown', token(1) in r.said, False)
    r.add('s', 'clean\n')
    check('goes on', commits(r), True)
    r.write('x', secret(2))
    check('commit -a', commits(r, '-a'), False)
    check('commit FILE', commits(r, 'x'), False)
    r.add('s', 'clean too\n')
    check('commit of another file', commits(r, 's'), True)
    r.git('checkout', '-q', 'x')
    r.add('s', f'token = {token(1)} # stanch:allow github-pat, a test\n')
    check('allowed', commits(r), True)
    os.mkdir(r.path + '/sub')
    r.add('sub/s', secret(3))
    check('from a folder', commits(r, cwd=r.path + '/sub'), False)
    stanch(r, 'staged', '--uninstall')
    check('gone', os.path.exists(hook), False)
    check('not watched any more', commits(r), True)
    check('nothing to take out', stanch(r, 'staged', '--uninstall').returncode, 0)


def test_install_unreadable(room):
    r = hooked(room)
    stanch(r, 'staged', '--install')
    content = b'version https://git-lfs.github.com/spec/v1\noid sha256:' + b'a' * 64 + b'\nsize 3\n'
    r.add('lfs', content)
    check('unread stops', commits(r), False)
    check('says so', 'could be read' in r.said, True)
    r.git('rm', '-qf', 'lfs')
    r.add('fine', 'x\n')
    os.remove(room + '/bin/stanch')
    check('without stanch nothing passes', commits(r), False)
    check('says why', "can't be found" in r.said, True)


def test_install_chains(room):
    r = hooked(room)
    hook = r.path + '/.git/hooks/pre-commit'
    r.write('.git/hooks/pre-commit', f'#!/bin/sh\necho first "$@"\n[ ! -e {room}/fail ] || exit 7\necho more >>gen; git add gen\n', mode=0o755)
    before = open(hook).read()
    stanch(r, 'staged', '--install')
    stanch(r, 'staged', '--install')
    check('moved aside', open(hook + '.chained').read(), before)
    r.add('s', 'x\n')
    check('both pass', commits(r), True)
    check('ran', 'first' in r.said, True)
    open(room + '/fail', 'w').close()
    r.add('s', 'y\n')
    check('the chained one stops', commits(r), False)
    os.remove(room + '/fail')
    # what the chained hook stages is looked at
    r.write('gen', secret(1))
    check('staged by a hook', commits(r), False)
    stanch(r, 'staged', '--uninstall')
    check('back', open(hook).read(), before)
    check('nothing left', os.path.exists(hook + '.chained'), False)
    # two strangers
    r.write('.git/hooks/pre-commit.chained', 'x')
    check('never over another', stanch(r, 'staged', '--install', ok=False).returncode, 3)
    check('untouched', open(hook).read(), before)


def test_install_link(room):
    r = hooked(room)
    r.write('tools/hook', '#!/bin/sh\necho linked\n', mode=0o755)
    os.symlink('../../tools/hook', r.path + '/.git/hooks/pre-commit')
    stanch(r, 'staged', '--install')
    check('not written through', open(r.path + '/tools/hook').read(), '#!/bin/sh\necho linked\n')
    r.add('s', 'x\n')
    check('passes', commits(r), True)
    check('ran', 'linked' in r.said, True)
    stanch(r, 'staged', '--uninstall')
    check('a link again', os.path.islink(r.path + '/.git/hooks/pre-commit'), True)


def test_install_hooks_path(room):
    r = hooked(room)
    r.git('config', 'core.hooksPath', '.githooks')
    stanch(r, 'staged', '--install')
    check('there', os.path.exists(r.path + '/.githooks/pre-commit'), True)
    r.add('s', secret(1))
    check('stopped', commits(r), False)
    r.git('config', 'core.hooksPath', room + '/outside')
    check('outside', stanch(r, 'staged', '--install', ok=False).returncode, 3)
    check('not made', os.path.exists(room + '/outside'), False)
    stanch(r, 'staged', '--install', '--hooks', room + '/outside')
    check('when named', os.path.exists(room + '/outside/pre-commit'), True)
    r.git('config', '--unset', 'core.hooksPath')
    r.git('config', '--global', 'core.hooksPath', '~/mine')
    os.mkdir(room + '/mine')
    done = stanch(r, 'staged', '--install', ok=False)
    check('for all repositories', done.returncode, 3)
    check('says which', room + '/mine' in done.stderr.decode(), True)
    stanch(r, 'staged', '--install', '--hooks', room + '/mine')
    check('when named', commits(r), False)
    r.git('config', '--global', '--unset', 'core.hooksPath')


def test_install_worktree(room):
    r = hooked(room)
    r.git('worktree', 'add', '-q', '../linked')
    w = Repo(room, 'linked', init=False)
    w.env.update(bin_path(room))
    stanch(w, 'staged', '--install')
    check('shared', os.path.exists(r.path + '/.git/hooks/pre-commit'), True)
    w.add('s', secret(1))
    check('in the linked one', commits(w), False)
    r.add('s', secret(1))
    check('in the main one', commits(r), False)
    w.git('config', 'extensions.worktreeConfig', 'true')
    w.git('config', '--worktree', 'core.hooksPath', '.own')
    stanch(w, 'staged', '--install')
    check('its own', os.path.exists(w.path + '/.own/pre-commit'), True)


def test_install_managed(room):
    for name, sign, word in (('husky', '.husky/pre-commit', '.husky/pre-commit'), ('pre-commit', '.pre-commit-config.yaml', 'repo: local'),
                             ('lefthook', 'lefthook.yml', 'run: stanch staged')):
        r = hooked(room, name)
        r.write(sign, '')
        done = stanch(r, 'staged', '--install', ok=False)
        check(name, done.returncode, 3)
        check(f'{name}: what to add', word in done.stderr.decode(), True)
        check(f'{name}: untouched', os.path.exists(r.path + '/.git/hooks/pre-commit'), False)
        stanch(r, 'staged', '--install', '--hooks', r.path + '/.git/hooks')
        check(f'{name}: when named', os.path.exists(r.path + '/.git/hooks/pre-commit'), True)


def test_install_husky(room):
    """As husky 9 is set up: its own folder of stubs, the user's line in .husky/pre-commit."""
    r = hooked(room)
    r.write('.husky/_/pre-commit', '#!/usr/bin/env sh\nsh -e "${0%/*}/../pre-commit" "$@"\n', mode=0o755)
    r.write('.husky/pre-commit', 'stanch staged\n')
    r.git('config', 'core.hooksPath', '.husky/_')
    r.add('s', secret(1))
    check('stopped', commits(r), False)
    r.add('s', 'x\n')
    check('passes', commits(r), True)


def test_merge_hook(room):
    r = two_branches(room)
    r.env.update(bin_path(room))
    stanch(r, 'staged', '--install')
    done = r.run('git', 'merge', '-m', 'm', 'side', ok=False)
    check('a merge that brings nothing of its own', (done.returncode, done.stderr.decode()[-300:] if done.returncode else ''), (0, ''))


def test_hook_arguments(room):
    r = hooked(room)
    check('both', stanch(r, 'staged', '--install', '--uninstall', ok=False).returncode, 2)
    check('files', stanch(r, 'staged', '--install', 'x', ok=False).returncode, 2)
    check('unknown hook', stanch(r, 'staged', '--install', '--hook', 'post-commit', ok=False).returncode, 2)
    stanch(r, 'staged', '--install', '--hook', 'pre-commit')
    check('only that', os.path.exists(r.path + '/.git/hooks/pre-merge-commit'), False)


# --- the pre-commit framework ---

def framework():
    """pre-commit from PyPI, kept between runs; None where it can't be had."""
    cache = os.path.join(os.environ.get('XDG_CACHE_HOME', os.path.expanduser('~/.cache')), 'stanch-tests')
    program = cache + '/pre-commit/bin/pre-commit'
    if not os.path.exists(program):
        os.makedirs(cache, exist_ok=True)
        subprocess.run([sys.executable, '-m', 'venv', cache + '/pre-commit'], capture_output=True)
        subprocess.run([cache + '/pre-commit/bin/pip', 'install', '-q', 'pre-commit'], capture_output=True)
    return program if os.path.exists(program) else None


def test_framework(room):
    program = framework()
    if not program:
        return 'pre-commit could not be installed from PyPI'
    # this repository, as far as the framework sees it
    ours = Repo(room, 'ours')
    shutil.copy(TOP + '/.pre-commit-hooks.yaml', ours.path)
    ours.git('add', '.')
    ours.commit()
    r = hooked(room)
    r.env['PRE_COMMIT_HOME'] = room + '/pre-commit'
    r.add('old', secret(1))
    r.commit()
    r.add('.pre-commit-config.yaml', f'repos:\n- repo: {ours.path}\n  rev: {ours.git("rev-parse", "HEAD").strip()}\n  hooks:\n  - id: stanch\n')
    r.run(program, 'install')
    check('clean', commits(r), True)
    r.add('s', filler(3) + secret(2))
    check('stopped', commits(r), False)
    check('file and line', 's:4' in r.said, True)
    os.symlink(token(3), r.path + '/link')
    r.add('s', 'x\n')
    r.git('add', 'link')
    check('links, too', commits(r), False)
    r.git('rm', '-q', '--cached', 'link')
    os.remove(r.path + '/link')
    r.write('old', 'x' + secret(4))
    check('only what is staged', commits(r), True)
    check('work tree is left alone', open(r.path + '/old').read(), 'x' + secret(4))
    r.git('checkout', '-q', 'old')
    done = r.run(program, 'run', '--all-files', ok=False)
    check('all files', (done.returncode, b'old:1' in done.stdout), (1, True))
    done = r.run(program, 'run', '--files', 's', ok=False)
    check('a file', done.returncode, 0)
    os.remove(room + '/bin/stanch')
    r.add('s', 'y\n')
    path = r.env['PATH']
    r.env['PATH'] = ':'.join(d for d in path.split(':') if not os.path.exists(d + '/stanch'))
    check('without stanch nothing passes', commits(r), False)
