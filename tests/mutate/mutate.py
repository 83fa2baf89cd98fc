#!/usr/bin/env python3
"""mutate.py [-n COUNT] [-s SEED] [-w DIR] FILE…: which errors in a file would no test notice?

Makes one small change at a time in a copy of the committed tree (below build/mutate), builds it, and runs the
tests of lib/ and the golden ones. A change that all of them pass has survived: it is printed, to be killed by a
test, or to be understood as no change of behaviour. COUNT changes of each file are picked by SEED."""
import argparse
import os
import random
import re
import subprocess
import sys

# What is replaced by what. Operators stand between blanks, as clang-format puts them.
SWAPS = [
    (r' == ', [' != ']), (r' != ', [' == ']),
    (r' < ', [' <= ', ' > ']), (r' <= ', [' < ']), (r' > ', [' >= ', ' < ']), (r' >= ', [' > ']),
    (r' && ', [' || ']), (r' \|\| ', [' && ']),
    (r' \+ ', [' - ']), (r' - ', [' + ']), (r' \* ', [' / ']),
    (r'\btrue\b', ['false']), (r'\bfalse\b', ['true']),
    (r'\+\+', ['--']), (r' \|= ', [' &= ']), (r'\bif \((?=[a-z])', ['if (!']),
    (r'(?<=return )0(?=;)', ['1']), (r'(?<=return )1(?=;)', ['0']),
]
DELETED = re.compile(r'^\t+[a-z_>.\[\]-]+(\([^;]*\)| [|&+-]?= [^;]*);$')  # a call or an assignment of one line
SUITES = ['--suite', 'lib', '--suite', 'golden']


def mutants_of(lines):
    """(index of the line, what it becomes)"""
    in_comment = False
    for i, line in enumerate(lines):
        was_comment, in_comment = in_comment, (in_comment or '/*' in line) and '*/' not in line
        if was_comment or '/*' in line or line.startswith(('#', ' *')) or '"' in line:
            continue
        for pattern, replacements in SWAPS:
            for found in re.finditer(pattern, line):
                for text in replacements:
                    yield i, line[:found.start()] + text + line[found.end():]
        if DELETED.match(line.rstrip('\n')):
            yield i, re.match(r'^\t+', line).group() + ';\n'


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options)


def prepare(work, root):
    source, build = os.path.join(work, 'source'), os.path.join(work, 'build')
    os.makedirs(source, exist_ok=True)
    archive = subprocess.run(['git', 'archive', 'HEAD'], check=True, cwd=root, capture_output=True).stdout
    subprocess.run(['tar', '-x', '-C', source], check=True, input=archive)
    if not os.path.exists(os.path.join(build, 'build.ninja')):
        # With the sanitizers, as the tests run: reading one element too far changes nothing else.
        subprocess.run(['meson', 'setup', build, source, '-Db_sanitize=address,undefined', '-Db_lundef=false'],
                       check=True, stdout=subprocess.DEVNULL)
    subprocess.run(['ninja', '-C', build], check=True, stdout=subprocess.DEVNULL)
    if run(['meson', 'test', '-C', build, '--no-rebuild', '-t', '10'] + SUITES).returncode != 0:
        sys.exit('the tests fail without any change')
    return source, build


def survives(build):
    """None: it does not build, which no test has to notice."""
    if run(['ninja', '-C', build]).returncode != 0:
        return None
    return run(['meson', 'test', '-C', build, '--no-rebuild', '--maxfail', '1', '-t', '10'] + SUITES).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('-n', type=int, default=20, metavar='COUNT')
    parser.add_argument('-s', type=int, default=1, metavar='SEED')
    parser.add_argument('-w', default='build/mutate', metavar='DIR')
    parser.add_argument('files', nargs='+', metavar='FILE')
    options = parser.parse_args()
    root = subprocess.run(['git', 'rev-parse', '--show-toplevel'], check=True, capture_output=True,
                          text=True).stdout.strip()
    source, build = prepare(os.path.abspath(options.w), root)
    n_killed = n_survived = 0
    for name in options.files:
        path = os.path.join(source, name)
        with open(path) as file:
            lines = file.readlines()
        mutants = sorted(set(mutants_of(lines)))
        random.Random(options.s).shuffle(mutants)
        for i, text in mutants[:options.n]:
            with open(path, 'w') as file:
                file.writelines(lines[:i] + [text] + lines[i + 1:])
            alive = survives(build)
            n_killed += alive is False
            n_survived += alive is True
            if alive:
                print('%s:%d survives\n  - %s\n  + %s' % (name, i + 1, lines[i].strip(), text.strip()), flush=True)
            print('%d killed, %d survived so far' % (n_killed, n_survived), file=sys.stderr)
        with open(path, 'w') as file:
            file.writelines(lines)
    print('%d killed, %d survived' % (n_killed, n_survived))


main()
