"""Images that want the scanner to stumble: each is told in one sentence, and the rest is still scanned."""
import gzip, hashlib, io, json, tarfile

sha = lambda data: hashlib.sha256(data).hexdigest()


def layer(entries, end=True):
    """entries: (name, content or TarInfo); a header as bytes is put there as it is."""
    out = io.BytesIO()
    t = tarfile.open(fileobj=out, mode='w', format=tarfile.GNU_FORMAT)
    for name, data in entries:
        info = tarfile.TarInfo(name)
        if isinstance(data, dict):
            for key, value in data.items():
                setattr(info, key, value)
            t.addfile(info)
        else:
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    if end:
        t.close()
    return out.getvalue()


def archive(path, layers, names=None, config=None, manifest=None, extra=()):
    """A docker-archive of layers."""
    ids = ['sha256:' + sha(data) for data in layers]
    config = config if config is not None else json.dumps(
        {'os': 'linux', 'architecture': 'amd64', 'rootfs': {'type': 'layers', 'diff_ids': ids}}).encode()
    names = names or [sha(data) + '.tar' for data in layers]
    manifest = manifest if manifest is not None else json.dumps(
        [{'Config': sha(config) + '.json', 'RepoTags': None, 'Layers': names}]).encode()
    parts = [(sha(data) + '.tar', data) for data in layers] + [(sha(config) + '.json', config), ('manifest.json', manifest), *extra]
    with open(path, 'wb') as f:
        f.write(layer(parts))


def layout(path, blobs, index):
    import os
    os.makedirs(f'{path}/blobs/sha256')
    with open(f'{path}/oci-layout', 'w') as f:
        f.write('{"imageLayoutVersion":"1.0.0"}')
    with open(f'{path}/index.json', 'wb') as f:
        f.write(index)
    for name, data in blobs:
        with open(f'{path}/blobs/sha256/{name}', 'wb') as f:
            f.write(data)


def compressed(room, how, secret, cut=0, more=b''):
    """An OCI layout whose first layer, compressed in some way, holds a secret that the second takes away."""
    lower, upper = layer([('etc/key', f'token = {secret}\n'.encode())]), layer([('etc/.wh.key', b'')])
    blob = how(lower)
    blob = blob[:len(blob) - cut] + more
    media = 'application/vnd.oci.image.'
    part = lambda data, kind: {'mediaType': media + kind, 'digest': 'sha256:' + sha(data), 'size': len(data)}
    config = json.dumps({'os': 'linux', 'architecture': 'amd64', 'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + sha(lower), 'sha256:' + sha(upper)]}}).encode()
    manifest = json.dumps({'schemaVersion': 2, 'config': part(config, 'config.v1+json'),
                           'layers': [part(blob, 'layer.v1.tar'), part(upper, 'layer.v1.tar')]}).encode()
    index = json.dumps({'schemaVersion': 2, 'manifests': [part(manifest, 'manifest.v1+json')]}).encode()
    layout(room, [(sha(data), data) for data in (blob, upper, config, manifest)], index)


def cases(room, secret):
    """(name, target, words of the sentence that must be told; '' for none, how many findings, or None for any)."""
    token = f'token = {secret}\n'.encode()
    good = layer([('etc/key', token)])
    archive(f'{room}/dots.tar', [layer([('../../etc/key', token)])])
    yield 'a name that leads out', 'dots.tar', 'leads out of the layer', 1
    archive(f'{room}/absolute.tar', [layer([('/etc/key', token)])])
    yield 'an absolute name', 'absolute.tar', '', 1
    archive(f'{room}/whiteout.tar', [good, layer([('etc/.wh..', b''), ('.wh...', b'')])])
    yield 'a whiteout of a parent', 'whiteout.tar', 'take its own folder away', 1
    archive(f'{room}/links.tar', [layer([('a', {'type': b'2', 'linkname': '../../../../etc/shadow'}), ('h', {'type': b'1', 'linkname': 'later'}),
                                         ('later', token)])])
    yield 'links out, and to what comes later', 'links.tar', '', 1
    archive(f'{room}/cut.tar', [layer([('etc/key', token), ('etc/long', b'x' * 100000)])[:60000]])
    yield 'a truncated layer', 'cut.tar', 'too early', 1
    broken = bytearray(layer([('a', b'a'), ('etc/key', token)]))
    broken[1024 + 148:1024 + 156] = b'99999999'
    archive(f'{room}/broken.tar', [bytes(broken)])
    yield 'a broken header', 'broken.tar', 'is broken', 1
    archive(f'{room}/behind.tar', [good[:1024] + bytes(1024) + layer([('hidden', token)])])
    yield 'a tar behind the end of the tar', 'behind.tar', '', 1
    archive(f'{room}/missing.tar', [good], names=[sha(good) + '.tar', 'f' * 64 + '.tar'])
    yield 'a layer that is not there', 'missing.tar', 'not there', 1
    archive(f'{room}/double.tar', [good], names=[sha(good) + '.tar'] * 2)
    yield 'a layer twice', 'double.tar', '', 1
    archive(f'{room}/diff.tar', [good], config=json.dumps({'rootfs': {'diff_ids': ['sha256:' + '0' * 64]}}).encode())
    yield 'a digest that does not fit', 'diff.tar', 'image says', 1
    archive(f'{room}/config.tar', [good], config=b'{"config": {"Env": ["T=' + secret.encode() + b'"]')
    yield 'a config that is no JSON', 'config.tar', 'no JSON', 1
    archive(f'{room}/manifest.tar', [good], manifest=b'[{"Config": 1}]')
    yield 'a manifest without sense', 'manifest.tar', 'no path', 1
    archive(f'{room}/none.tar', [good], manifest=b'[]')
    yield 'a manifest of nothing', 'none.tar', 'no image', 1
    with open(f'{room}/half.tar', 'wb') as f:
        archive(f'{room}/whole.tar', [good, layer([('b', b'b' * 100000)])])
        f.write(open(f'{room}/whole.tar', 'rb').read()[:30000])
    yield 'an archive that breaks off', 'half.tar', 'too early', 1
    archive(f'{room}/loop.tar', [good], names=['a/layer.tar'], extra=[('a/layer.tar', {'type': b'2', 'linkname': '../b/layer.tar'}),
                                                                      ('b/layer.tar', {'type': b'2', 'linkname': '../a/layer.tar'})])
    yield 'links in a circle', 'loop.tar', 'not there', 1
    index = json.dumps({'manifests': [{'digest': 'sha256:' + 'a' * 64}]}).encode()
    layout(f'{room}/round', [('a' * 64, index), ('b' * 64, good)], index)
    yield 'an index that lists itself', 'round', 'digest', 1
    layout(f'{room}/empty', [(sha(good), good)], json.dumps({'manifests': [{'digest': 'sha256:' + 'c' * 64}]}).encode())
    yield 'an index whose manifest is not there', 'empty', 'not there', 1
    manifest = json.dumps({'config': {'digest': 'sha256:' + sha(b'{}')}, 'layers': [
        {'digest': 'sha256:' + sha(good), 'mediaType': 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted'}]}).encode()
    layout(f'{room}/locked', [(sha(manifest), manifest), (sha(b'{}'), b'{}'), (sha(good), b'\x01' + good)],
           json.dumps({'manifests': [{'digest': 'sha256:' + sha(manifest)}]}).encode())
    yield 'an encrypted layer', 'locked', 'encrypted', None
    manifest = json.dumps({'config': {'digest': 'sha256:' + sha(b'{}')}, 'layers': [
        {'digest': 'sha256:' + 'd' * 64, 'mediaType': 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'}]}).encode()
    layout(f'{room}/foreign', [(sha(manifest), manifest), (sha(b'{}'), b'{}')],
           json.dumps({'manifests': [{'digest': 'sha256:' + sha(manifest)}]}).encode())
    yield 'a foreign layer', 'foreign', 'foreign', 0
    pieces = gzip.compress(good[:512]) + gzip.compress(good[512:])
    manifest = json.dumps({'config': {'digest': 'sha256:' + sha(b'{}')}, 'layers': [{'digest': 'sha256:' + sha(pieces)}]}).encode()
    layout(f'{room}/pieces', [(sha(manifest), manifest), (sha(b'{}'), b'{}'), (sha(pieces), pieces)],
           json.dumps({'manifests': [{'digest': 'sha256:' + sha(manifest)}]}).encode())
    yield 'gzip in several members, as estargz has it', 'pieces', '', 1
    cut = gzip.compress(layer([('etc/key', token), ('z', bytes(range(256)) * 4000)]))[:-2000]
    manifest = json.dumps({'config': {'digest': 'sha256:' + sha(b'{}')}, 'layers': [{'digest': 'sha256:' + sha(cut)}]}).encode()
    layout(f'{room}/cutgz', [(sha(manifest), manifest), (sha(b'{}'), b'{}'), (sha(cut), cut)],
           json.dumps({'manifests': [{'digest': 'sha256:' + sha(manifest)}]}).encode())
    yield 'gzip that breaks off', 'cutgz', 'too early', 1


def two_keys(room, first, second):
    """A key and the one that replaced it, of one rule, in one place."""
    archive(f'{room}/keys.tar', [layer([('etc/key', f'token = {first}\n'.encode())]), layer([('etc/key', f'token = {second}\n'.encode())])])
    return 'keys.tar'


def platforms(room, secrets):
    """An index of two platforms that share a layer."""
    shared = layer([('shared', f'token = {secrets[0]}\n'.encode())])
    blobs, entries = [(sha(shared), shared)], []
    for arch, secret in (('amd64', secrets[1]), ('arm64', secrets[2])):
        own = layer([(arch, f'token = {secret}\n'.encode())])
        config = json.dumps({'os': 'linux', 'architecture': arch, 'rootfs': {'diff_ids': ['sha256:' + sha(shared), 'sha256:' + sha(own)]}}).encode()
        manifest = json.dumps({'config': {'digest': 'sha256:' + sha(config)}, 'layers': [
            {'digest': 'sha256:' + sha(x), 'mediaType': 'application/vnd.oci.image.layer.v1.tar'} for x in (shared, own)]}).encode()
        blobs += [(sha(x), x) for x in (own, config, manifest)]
        entries.append({'digest': 'sha256:' + sha(manifest), 'platform': {'os': 'linux', 'architecture': arch}})
    index = json.dumps({'manifests': entries}).encode()
    layout(f'{room}/platforms', blobs + [(sha(index), index)], json.dumps({'manifests': [{'digest': 'sha256:' + sha(index)}]}).encode())
    return 'platforms'
