"""Everything at once, at random."""
import os, random, shutil

from scratch import Failed, Repo, check, token


# --- everything at once, at random ---

def test_random(room):
    """Random edits, renames, index formats: what is found is what is new by the lines of HEAD's files."""
    for seed in range(int(os.environ.get('ROUNDS', 12))):
        random_history(room, seed)


def random_history(room, seed):
    rand = random.Random(seed)
    r = Repo(room, f'random{seed}')
    r.git('config', 'index.version', rand.choice('24'))
    made = 0
    files = {}

    def line():
        nonlocal made
        made += 1
        return f'token = {token((seed, made))}\n' if rand.random() < .2 else f'plain {rand.randrange(10**12)}\n'

    def edit(lines):
        for _ in range(rand.randrange(1, 4)):
            at = rand.randrange(len(lines) + 1)
            what = rand.random()
            if what < .5:
                lines.insert(at, line())
            elif what < .7 and lines:
                lines.pop(at % len(lines))
            elif lines:
                lines.insert(at, lines.pop(rand.randrange(len(lines))))
        return lines

    for turn in range(4):
        old = {k: list(v) for k, v in files.items()}
        for _ in range(rand.randrange(1, 12)):
            what = rand.random()
            if what < .4 or not files:
                name = '/'.join(f'd{rand.randrange(3)}' for _ in range(rand.randrange(3))) + f'/f{rand.randrange(30)}'
                name = name.lstrip('/')
                if not any(n.startswith(name + '/') or name.startswith(n + '/') for n in files):
                    files[name] = [line() for _ in range(rand.randrange(1, 30))]
            elif what < .8:
                edit(files[rand.choice(sorted(files))])
            else:
                del files[rand.choice(sorted(files))]
        for name in set(old) - set(files):
            r.git('rm', '-qf', '--ignore-unmatch', name)
        for name, lines in files.items():
            r.write(name, ''.join(lines))
        r.git('add', '-A')
        want = []
        for name, lines in files.items():
            if lines == old.get(name):
                continue
            known = set(old.get(name, ()))
            if name not in old:
                # a rename takes the place of what it was: too alike to a file that is gone
                gone = [old[n] for n in old if n not in files]
                size = sum(map(len, lines))
                for g in gone:
                    if sum(len(l) for l in g if l in lines) * 2 >= min(size, sum(map(len, g))):
                        raise Failed('the generator makes no renames')
            want += [f'{name}:{i + 1}' for i, l in enumerate(lines) if 'token' in l and l not in known]
        status, found = r.staged()
        check(f'seed {seed}, turn {turn}', (status, found), (1 if want else 0, sorted(want)))
        if rand.random() < .8:
            r.commit('--allow-empty')
        else:
            files = old
            r.git('reset', '-q', '--hard', ok=False)
            if turn == 0:
                r.git('rm', '-rqf', '--cached', '--ignore-unmatch', '.')
                shutil.rmtree(r.path)
                os.makedirs(r.path)
                r.git('init', '-q', '-b', 'main')
                files = {}
        if rand.random() < .3:
            r.git('update-index', rand.choice(['--split-index', '--no-split-index']))
        if rand.random() < .2:
            r.git('gc', '-q')
