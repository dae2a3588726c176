"""What is staged, not what lies in the work tree; merges; which files."""
import base64, hashlib, os, random

from scratch import Repo, check, filler, secret, token, two_branches


# --- what is staged, not what lies there ---

def test_first_commit(room):
    r = Repo(room)
    check('nothing staged', r.staged(), (0, []))
    r.write('a', secret(1))
    check('not added', r.staged(), (0, []))
    r.git('add', 'a')
    check('added', r.staged(), (1, ['a:1']))
    r.write('a', 'harmless\n')
    check('only the work tree was mended', r.staged(), (1, ['a:1']))
    r.git('add', 'a')
    check('mended', r.staged(), (0, []))


def test_partial_staging(room):
    r = Repo(room)
    r.add('f', filler(30))
    r.commit()
    r.write('f', filler(10) + secret(1) + filler(30)[0:] + secret(2))
    base = filler(30).splitlines(True)
    r.git('apply', '--cached', '-', stdin=(
        '--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n ' + base[0] + '+' + secret(1) + ' ' + base[1]).encode())
    check('one of two', r.staged(), (1, ['f:2']))
    r.git('reset', '-q')
    check('none', r.staged(), (0, []))


def test_intent_to_add(room):
    r = Repo(room)
    r.write('f', secret(1))
    r.git('add', '-N', 'f')
    check('only intended', r.staged(), (0, []))
    r.git('add', 'f')
    check('added', r.staged(), (1, ['f:1']))


def test_only_new_lines(room):
    r = Repo(room)
    r.add('f', filler(5) + secret(1) + filler(5, 2))
    r.commit()
    r.add('f', 'new\n' + filler(5) + secret(1) + filler(5, 2))
    check('moved down', r.staged(), (0, []))
    check('whole', r.staged('--whole'), (1, ['f:7']))
    r.add('f', secret(1) + filler(5) + filler(5, 2))
    check('moved up', r.staged(), (0, []))
    r.add('f', filler(5) + '  ' + secret(1) + filler(5, 2))
    check('changed', r.staged(), (1, ['f:6']))
    r.add('f', filler(5) + secret(1) + secret(2) + filler(5, 2))
    check('a new one', r.staged(), (1, ['f:7']))
    r.git('rm', '-qf', 'f')
    check('deleted', r.staged(), (0, []))


def test_no_newline_at_the_end(room):
    r = Repo(room)
    r.add('f', 'a\n' + secret(1).rstrip('\n'))
    check('found', r.staged(), (1, ['f:2']))
    r.commit()
    r.add('f', 'a\n' + secret(1))
    check('only a line feed more', r.staged(), (0, []))


def test_multiline(room):
    r = Repo(room)
    # an Ed25519 key in PKCS #8: its fixed head, and 32 bytes
    der = bytes.fromhex('302e020100300506032b657004220420') + random.Random('key').randbytes(32)
    key = '-----BEGIN PRIVATE' + ' KEY-----\n' + base64.b64encode(der).decode() + '\n-----END PRIVATE' + ' KEY-----\n'
    r.add('k', 'a\n' + key)
    check('found', r.staged(), (1, ['k:2']))
    r.commit()
    r.add('k', 'b\n' + key)
    check('key unchanged', r.staged(), (0, []))


def test_rename(room):
    r = Repo(room)
    r.add('d/f', filler(40) + secret(1))
    r.add('g', filler(40, 3) + secret(2))
    r.commit()
    r.git('mv', 'd/f', 'e')
    check('exact', r.staged(), (0, []))
    r.add('e', filler(40) + 'changed\n' + secret(1) + secret(3))
    check('changed, too', r.staged(), (1, ['e:43']))
    r.git('mv', 'g', 'd')
    check('two', r.staged(), (1, ['e:43']))
    r.add('h', filler(40) + secret(1))
    r.git('rm', '-qf', '--cached', 'e')
    r.add('e', 'nothing alike\n' + secret(1))
    check('not alike', r.staged(), (1, ['e:2']))


def test_rename_folder(room):
    r = Repo(room)
    for i in range(5):
        r.add(f'old/{i}/f', filler(20, i) + secret(i))
    r.commit()
    r.git('mv', 'old', 'new')
    check('folder', r.staged(), (0, []))
    r.add('new/3/f', filler(20, 3) + 'more\n' + secret(3) + secret(9))
    check('one changed', r.staged(), (1, ['new/3/f:23']))


def test_copy_counts(room):
    r = Repo(room)
    r.add('f', filler(40) + secret(1))
    r.commit()
    r.add('g', filler(40) + secret(1))
    check('a copy is new', r.staged(), (1, ['g:41']))


def test_mode_change(room):
    r = Repo(room)
    r.add('f', secret(1))
    r.commit()
    r.git('update-index', '--chmod=+x', 'f')
    check('mode', r.staged(), (0, []))
    check('no file read', r.files, 0)


def test_links_and_submodules(room):
    r = Repo(room)
    r.add('plain', 'x\n')
    r.commit()
    os.symlink('see ' + token(1), os.path.join(r.path, 'link'))
    r.git('add', 'link')
    check('target text', r.staged(), (1, ['link:1']))
    r.git('rm', '-q', '--cached', 'link')
    r.git('update-index', '--add', '--cacheinfo', '160000,' + '1' * 40 + ',sub')
    check('submodule', r.staged(), (0, []))
    check('skipped', r.skipped, 1)
    r.commit()
    r.git('update-index', '--cacheinfo', '100644,' + r.git('hash-object', '-w', '--stdin', stdin=secret(2).encode()).strip() + ',sub')
    check('a file instead', r.staged(), (1, ['sub:1']))


def test_file_and_folder_change_places(room):
    r = Repo(room)
    r.add('a', 'x\n')
    r.add('b/c', 'x\n')
    r.add('b.c', 'x\n')
    r.add('b-c', 'x\n')
    r.commit()
    r.git('rm', '-qrf', 'a', 'b')
    r.add('a/x', secret(1))
    r.add('b', secret(2))
    check('both', r.staged(), (1, ['a/x:1', 'b:1']))


def test_line_endings(room):
    r = Repo(room)
    r.add('f', filler(5) + secret(1))
    r.commit()
    r.add('f', (filler(5) + secret(1)).replace('\n', '\r\n'))
    check('only line endings', r.staged(), (0, []))
    r.add('f', (filler(5) + secret(1) + secret(2)).replace('\n', '\r\n'))
    check('and one more', r.staged(), (1, ['f:7']))
    r.git('reset', '-q')
    r.git('config', 'core.autocrlf', 'true')
    r.add('f', (filler(5) + secret(1)).replace('\n', '\r\n'))
    check('normalised: as it was', r.staged(), (0, []))
    check('no file read', r.files, 0)


def test_lfs(room):
    r = Repo(room)
    r.add('plain', 'x\n')
    r.commit()
    content = filler(3) + secret(1)
    oid = hashlib.sha256(content.encode()).hexdigest()
    pointer = f'version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n'
    r.add('big.bin', pointer)
    check('content is missing', r.staged(), (4, []))
    check('why', [w for w in r.unread if 'Git LFS' in w] != [], True)
    r.write(f'.git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}', content)
    check('content is found', r.staged(), (1, ['big.bin:4']))
    r.commit()
    check('committed', r.staged(), (0, []))
    # a pointer that leads elsewhere is none
    r.add('other', pointer.replace(oid, '../../../../etc/passwd'.ljust(64, 'x')))
    check('hostile pointer', r.staged(), (0, []))


def test_wrapped(room):
    r = Repo(room)
    r.add('plain', 'x\n')
    r.commit()
    r.write('x', filler(3) + secret(1))
    r.run('gzip', '-nk', 'x')
    r.git('add', 'x.gz')
    check('new archive', r.staged(), (1, ['x.gz:4']))
    r.commit()
    r.write('x', filler(4) + secret(1))
    r.run('gzip', '-nkf', 'x')
    r.git('add', 'x.gz')
    check('changed archive: all in it counts', r.staged(), (1, ['x.gz:5']))
    r.git('rm', '-q', '-f', '--cached', 'x.gz')
    encoded = base64.b64encode(secret(2).encode() * 3).decode()
    r.add('b', f'a\ndata: {encoded}\nb\n')
    r.commit()
    r.add('b', f'a\ndata: {encoded}\nc\n')
    check('encoded, in a line that did not change', r.staged(), (0, []))
    r.add('b', f'a\ndata2: {encoded}\nc\n')
    status, found = r.staged()
    check('encoded, in a line that did', (status, set(found)), (1, {'b:2'}))


# --- merges ---

def test_merge(room):
    r = two_branches(room)
    r.git('merge', '-q', '--no-commit', 'side')
    check('all came from a parent', r.staged(), (0, []))
    r.add('base', secret(3) + filler(30) + secret(1) + secret(4))
    r.add('sidefile', 'other\n' + secret(2))
    r.add('brought', secret(5))
    check('what only the merge brings', r.staged(), (1, ['base:33', 'brought:1']))


def test_squash_merge(room):
    r = two_branches(room)
    r.git('merge', '-q', '--squash', 'side')
    check('a squash has one parent', r.staged(), (1, ['base:32', 'sidefile:1']))


def test_octopus(room):
    r = Repo(room)
    r.add('f', filler(5))
    r.commit()
    for i in range(3):
        r.git('checkout', '-qb', f'b{i}', 'main')
        r.add(f'f{i}', secret(i))
        r.commit()
    r.git('checkout', '-q', 'main')
    r.git('merge', '-q', '--no-commit', 'b0', 'b1', 'b2')
    check('nothing new', r.staged(), (0, []))
    r.add('new', secret(7))
    check('one new', r.staged(), (1, ['new:1']))


def test_conflict(room):
    r = Repo(room)
    r.add('f', 'base\n')
    r.commit()
    r.git('checkout', '-qb', 'side')
    r.add('f', 'side\n')
    r.commit()
    r.git('checkout', '-q', 'main')
    r.add('f', 'main\n')
    r.add('z', 'z\n')
    r.commit()
    r.git('merge', 'side', ok=False)
    check('unresolved is not read', r.staged(), (4, []))
    check('once', len(r.unread), 1)
    r.add('z', secret(1))
    check('what is behind it is looked at', r.staged(), (1, ['z:1']))
    r.git('checkout', '-q', 'HEAD', '--', 'z')
    r.add('f', 'main\nside\n' + secret(2))
    check('resolved', r.staged(), (1, ['f:3']))


# --- which files ---

def test_files(room):
    r = Repo(room)
    r.add('old', secret(1))
    r.add('dir/old', secret(2))
    r.commit()
    r.add('dir/new', secret(3))
    r.add('dir/sub/new', secret(4))
    r.add('new', secret(5))
    check('all', r.staged(), (1, ['dir/new:1', 'dir/sub/new:1', 'new:1']))
    check('a folder', r.staged('dir'), (1, ['dir/new:1', 'dir/sub/new:1']))
    check('a file', r.staged('dir/new'), (1, ['dir/new:1']))
    check('from below', r.staged('new', '../new', cwd=r.path + '/dir'), (1, ['dir/new:1', 'new:1']))
    check('absolute', r.staged(r.path + '/./dir//sub/../new'), (1, ['dir/new:1']))
    check('here', r.staged('.', cwd=r.path + '/dir/sub'), (1, ['dir/sub/new:1']))
    check('not changed', r.staged('dir/old', 'new'), (1, ['dir/old:1', 'new:1']))
    check('list', r.staged('--files-from', '-', stdin=b'dir/new\nold\n'), (1, ['dir/new:1', 'old:1']))
    check('NULs', r.staged('--files-from', '-', stdin=b'dir/new\0new\0'), (1, ['dir/new:1', 'new:1']))
    r.write('list', 'dir/sub/new')
    check('listed in a file', r.staged('--files-from=list'), (1, ['dir/sub/new:1']))
    check('empty list', r.staged('--files-from', '-', stdin=b''), (0, []))
    check('not there', r.staged('nowhere'), (0, []))
    check('outside', r.staged('../x')[0], 2)
    check('include', r.staged('--include', '*/sub/*'), (1, ['dir/sub/new:1']))
    check('exclude', r.staged('--exclude', 'dir'), (1, ['new:1']))
    r.write('.stanchignore', 'dir/**\n')
    check('ignored, from the top', r.staged(cwd=r.path + '/dir'), (1, ['new:1']))


def test_many_files(room):
    r = Repo(room)
    names = [f'd{i % 50}/f{i}' for i in range(3000)]
    for n in names:
        r.write(n, 'x\n')
    r.git('add', '.')
    r.commit()
    for n in names[::100]:
        r.write(n, secret(n))
    r.git('add', '.')
    want = sorted(f'{n}:1' for n in names[::100])
    check('all', r.staged(), (1, want))
    check('listed', r.staged('--files-from', '-', stdin='\0'.join(names).encode()), (1, want))
    check('same on one thread', r.staged('--jobs', '1'), (1, want))


def test_odd_names(room):
    r = Repo(room)
    r.add('x', 'x\n')
    r.commit()
    for name in 'a b', 'ü', 'new\nline', '-dash', '"q"', 'tab\t':
        r.write(name, secret(name))
    r.git('add', '.')
    check('all', r.staged()[1], sorted(f'{n}:1' for n in ('a b', 'ü', 'new\nline', '-dash', '"q"', 'tab\t')))
    check('one', r.staged('--', '-dash'), (1, ['-dash:1']))
    check('long', r.staged('--files-from', '-', stdin='ü\0new\nline\0'.encode()), (1, ['new\nline:1', 'ü:1']))
