#!/usr/bin/env python3
"""clients.py LINKSTATD [SECONDS [SEED [PATIENCE]]]: users who hinder each other, with a real linkstatd, as root.

Eight users of the asking group hold connections, watch without reading, set labels and begin jobs in loops,
hold and drop imports, send halves of messages and junk. Meanwhile a ninth and root ask every now and then:
each answer must come within PATIENCE seconds (1; more where other tests run beside it). At the end the memory
must be what it is without them, but for 32 MiB, and no user may have more jobs than the quota allows."""
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

GROUP = 65500
ATTACKERS = [65501 + i for i in range(8)]
BYSTANDER = 65520
MEMORY_KIB = 96 * 1024   # MemoryMax= of the unit
GROWTH_KIB = 32 * 1024


def call(method, parameters=None, more=False):
    message = {'method': 'io.linkstat.' + method, 'parameters': parameters or {}}
    if more:
        message['more'] = True
    return json.dumps(message).encode() + b'\0'


def connect(path, seconds=5):
    """Waits in the queue of the socket, as linkstat does; settimeout() would not."""
    peer = socket.socket(socket.AF_UNIX)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack('ll', seconds, 0))
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', seconds, 0))
    peer.connect(path)
    return peer


def receive(peer):
    text = b''
    while not text.endswith(b'\0'):
        some = peer.recv(1 << 16)
        if not some:
            raise ConnectionError('the server closed the connection')
        text += some
    return json.loads(text[:-1].split(b'\0')[-1])


# ---- attacks: each until it is killed, or an error ends one round of it ----------------------------

def hold(path, rng):
    kept = []
    while True:
        try:
            kept.append(connect(path))
        except OSError:
            time.sleep(0.01)
        if len(kept) > 40:
            kept.pop(rng.randrange(len(kept))).close()


def watch_without_reading(path, rng):
    kept = []
    for _ in range(16):
        peer = connect(path)
        peer.sendall(call(rng.choice(['Watch', 'Top']), more=True))
        kept.append(peer)
    while True:
        time.sleep(1)


def label(path, rng):
    peer = connect(path)
    while True:
        peer.sendall(call('SetSocketName', {'port': '1-%d' % rng.randrange(9), 'label': 'x%d' % rng.randrange(10 ** 9)}))
        receive(peer)


def begin_jobs(path, rng):
    while True:
        peer = connect(path)
        peer.sendall(call('BeginJob', {'command': 'x' * rng.randrange(4000), 'note': 'y' * rng.randrange(4000)}))
        receive(peer)
        peer.close()


def boot_id(rng):
    digits = '%032x' % rng.getrandbits(128)
    return '-'.join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def import_and_drop(path, rng):
    while True:
        peer = connect(path)
        boot = boot_id(rng)
        for n in range(rng.randrange(1, 40)):
            lines = [{'at': '2026-01-01T00:%02d:%02d.%06dZ' % (n, i % 60, i), 'mono_us': n * 60000000 + i * 400000,
                      'text': rng.choice(['usb 1-%d: USB disconnect, device number %d',
                                          'usb 1-%d: new high-speed USB device number %d using xhci_hcd'])
                      % (rng.randrange(1, 9), i + 2)} for i in range(128)]
            peer.sendall(call('ImportKernelLog', {'boot': boot, 'lines': lines}))
            receive(peer)
        if rng.random() < 0.2:
            time.sleep(rng.random() * 3)
        peer.close()


def junk(path, rng):
    while True:
        peer = connect(path)
        peer.sendall(rng.choice([b'{', b'\0', b'[' * 60000, call('Report')[:-1], rng.randbytes(2000),
                                 call('ListEvents', more=True) * 200]))
        time.sleep(rng.random() / 20)
        peer.close()


def ask_and_not_read(path, rng):
    while True:
        peer = connect(path)
        for _ in range(300):
            peer.sendall(call(rng.choice(['Status', 'Report', 'ListSessions', 'SumSessions', 'ListLabels'])))
        time.sleep(rng.random())
        peer.close()


ATTACKS = [hold, watch_without_reading, label, begin_jobs, import_and_drop, junk, ask_and_not_read]


def become(uid):
    os.setgroups([])
    os.setgid(GROUP)
    os.setuid(uid)


def attack(path, uid, seed):
    """In a child; its errors are its own: it only has to go on. The first one is after the quota."""
    become(uid)
    rng = random.Random(seed)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    while True:
        try:
            (begin_jobs if uid == ATTACKERS[0] else rng.choice(ATTACKS))(path, rng)
        except (OSError, ValueError):
            time.sleep(0.01)


# ---- what others see of it -------------------------------------------------------------------------

def ask_as(path, uid, method):
    """Seconds that the answer took, in a child of that user; None: there was none."""
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            if uid:
                become(uid)
            peer = connect(path, 30)
            peer.sendall(call(method))
            reply = receive(peer)
            if 'error' in reply:
                print('%s: %s' % (method, reply), flush=True)
            os._exit(1 if 'error' in reply else 0)
        except (OSError, ValueError) as error:
            print('%s: %s' % (method, error), flush=True)
            os._exit(2)
    _, status = os.waitpid(child, 0)
    return time.monotonic() - begin if status == 0 else None


def memory_kib(pid):
    with open('/proc/%d/status' % pid) as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith('VmRSS'))


def quota_of(seconds):
    """As daemon/server/quota.c has it."""
    return 200 + seconds // 5 + 1


def most_jobs(path):
    """Of one user."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute('SELECT ifnull(max(n), 0) FROM (SELECT count(*) AS n FROM jobs GROUP BY uid)').fetchone()[0]


def run(linkstatd, directory, seconds, seed, patience):
    path, state = os.path.join(directory, 'socket'), os.path.join(directory, 'state')
    daemon = subprocess.Popen([linkstatd, '--state', state, '--socket', path], stderr=subprocess.DEVNULL)
    children, faults, slowest, most = [], [], (0.0, ''), 0
    try:
        while not os.path.exists(path):
            if daemon.poll() is not None:
                return ['linkstatd ended with %d before it listened' % daemon.returncode]
            time.sleep(0.05)
        os.chown(path, 0, GROUP)
        os.chmod(directory, 0o755)
        ask_as(path, 0, 'Status')
        before = memory_kib(daemon.pid)
        for i, uid in enumerate(ATTACKERS):
            child = os.fork()
            if child == 0:
                attack(path, uid, seed * 1000 + i)
            children.append(child)
        end = time.monotonic() + seconds
        while time.monotonic() < end and daemon.poll() is None:
            for uid, method in ((0, 'Status'), (BYSTANDER, 'Report'), (0, 'ListJobs'), (BYSTANDER, 'Status')):
                took = ask_as(path, uid, method)
                if took is None:
                    faults.append('%s of uid %d had no answer' % (method, uid))
                slowest = max(slowest, (took or 0, '%s of uid %d' % (method, uid)))
            most = max(most, memory_kib(daemon.pid))
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        children = []
        after, end = memory_kib(daemon.pid), time.monotonic() + 6  # who is dropped has 5 s to read why
        while after > before + GROWTH_KIB and time.monotonic() < end:
            time.sleep(0.05)
            after = memory_kib(daemon.pid)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
        daemon.terminate()
        code = daemon.wait()
    size = sum(os.path.getsize(os.path.join(state, name)) for name in os.listdir(state))
    jobs = most_jobs(os.path.join(state, 'linkstat.db'))
    print('seed %d, %d s: slowest answer %.2f s (%s), memory %d KiB before, %d at most, %d after, history %d KiB, %d jobs of a user'
          % (seed, seconds, *slowest, before, most, after, size // 1024, jobs))
    if jobs > quota_of(seconds):
        faults.append('a user has %d jobs' % jobs)
    if code != 0:
        faults.append('linkstatd ended with %d' % code)
    if slowest[0] > patience:
        faults.append('an answer took %.2f s' % slowest[0])
    if os.environ.get('CAMPAIGN_MEMORY', 'yes') == 'yes' and (most > MEMORY_KIB or after > before + GROWTH_KIB):
        faults.append('too much memory')
    return faults


def main():
    linkstatd = os.path.abspath(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    patience = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    directory = tempfile.mkdtemp()
    try:
        faults = run(linkstatd, directory, seconds, seed, patience)
    finally:
        shutil.rmtree(directory)
    for fault in sorted(set(faults)):
        print('FAILED: %s (%d times)' % (fault, faults.count(fault)))
    return 1 if faults else 0


sys.exit(main())
