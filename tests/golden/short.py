"""A jsonl report in short, one line an object: what golden cases compare."""
import json, sys

sys.stdout.reconfigure(errors='surrogateescape')
for line in sys.stdin.buffer:
    o = json.loads(line.decode('utf-8', 'surrogateescape'))
    steps = [s['step'] + ':' + s.get('name', '') for s in o.get('origin', []) if s['step'] not in ('file', 'target')]
    way = ''.join(' ▸ ' + s for s in steps)
    if o['type'] == 'finding':
        print(o['file'], f'{o["line"]}:{o["column"]}' if o.get('line') else f'@{o["offset"]}', o['rule'], o['confidence'] + way)
    elif o['type'] == 'unread':
        print(f'{o["file"]} unread: {o["why"]}{way}')
    elif o['type'] == 'summary':
        print(o['findings'], 'found,', o['unread'], 'unread,', 'complete' if o['complete'] else 'incomplete')
