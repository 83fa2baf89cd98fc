#!/usr/bin/env python3
"""test_contract.py CONTRACT.PY: what the generator makes of contracts, and what it says of broken
ones."""
import pathlib
import subprocess
import sys
import tempfile

GOOD = """# About the whole.
interface org.example
#: later b
type Inner (a: string, b: ?int, at: string)
#: signed n
type Outer (n: int, inner: []Inner, by_name: [string]Inner, bytes_in: int, counts: [string]int)
#: later more_of_it
#: streams
method GetURLOf(since: ?string, names: []string) -> (outer: ?Outer, more_of_it: bool)
method Ping() -> ()
error Lost (why: string)
"""

# In the tables, each as a row or a part of one.
WANT = [
    '{ "b", LS_CONTRACT_INT, LS_CONTRACT_NONE, true, true, NULL },',
    '{ "at", LS_CONTRACT_TIME, LS_CONTRACT_NONE, false, false, NULL },',
    '{ "n", LS_CONTRACT_SIGNED, LS_CONTRACT_NONE, false, false, NULL },',
    '{ "inner", LS_CONTRACT_OBJECT, LS_CONTRACT_LIST, false, false, &type_inner },',
    '{ "by_name", LS_CONTRACT_OBJECT, LS_CONTRACT_MAP, false, false, &type_inner },',
    '{ "bytes_in", LS_CONTRACT_BYTES, LS_CONTRACT_NONE, false, false, NULL },',
    '{ "counts", LS_CONTRACT_INT, LS_CONTRACT_MAP, false, false, NULL },',
    '{ "names", LS_CONTRACT_STRING, LS_CONTRACT_LIST, false, false, NULL },',
    '{ "more_of_it", LS_CONTRACT_BOOL, LS_CONTRACT_NONE, false, true, NULL },',
    '{ "GetURLOf", true, &call_get_url_of, &reply_get_url_of },',
    '{ "Ping", false, &call_ping, &reply_ping },',
    'const struct ls_contract ls_contract_org_example = {',
]

HEAD = 'interface org.example\n'
# A contract, the line of the fault, and what is said of it.
BROKEN = [
    ('', 1, 'expected "interface" instead of the end of the file'),
    ('interface Example\n', 1, 'the name of an interface'),
    (HEAD + 'struct A ()\n', 2, 'expected "type", "method" or "error" instead of "struct"'),
    (HEAD + 'type a ()\n', 2, 'the name of a type'),
    (HEAD + '\n\ntype A\n', 5, 'expected "(" instead of the end of the file'),
    (HEAD + 'type A (\n  a: int\n  b: int)\n', 4, 'expected "," or ")" instead of "b"'),
    (HEAD + 'type A (a: int,)\n', 2, 'the name of a member instead of ")"'),
    (HEAD + 'type A (a int)\n', 2, 'expected ":" instead of "int"'),
    (HEAD + 'type A (a: int,\n a: int)\n', 3, 'two members "a"'),
    (HEAD + 'type A (A: int)\n', 2, 'the name of a member'),
    (HEAD + 'type A (a: )\n', 2, 'this type of "a" is not supported: ")"'),
    (HEAD + 'type A (a: (x, y))\n', 2, 'this type of "a" is not supported: "("'),
    (HEAD + 'type A (a: [][]int)\n', 2, 'this type of "a" is not supported: "[]"'),
    (HEAD + 'type A (a: []?int)\n', 2, 'this type of "a" is not supported: "?"'),
    (HEAD + 'type A (a: []bool)\n', 2, 'lists and maps of bool are not supported'),
    (HEAD + 'type A (a: int)\ntype A (b: int)\n', 3, 'A is defined in line 2 already'),
    (HEAD + 'error A ()\nmethod A() -> ()\n', 3, 'A is defined in line 2 already'),
    (HEAD + 'error E (\n a: B)\n', 3, 'there is no type B'),
    (HEAD + 'error E (a: A)\ntype A (b: B)\ntype B (a: []A)\n', 4, 'A contains itself'),
    (HEAD + 'type A (a: int)\n', 2, 'nothing uses the type A'),
    (HEAD + 'method M()\n', 3, 'expected "->" instead of the end of the file'),
    (HEAD + '# fine\n%\n', 3, 'unexpected character "%"'),
    (HEAD + '#: later a\n', 2, 'nothing follows'),
    (HEAD + '#: later b\nerror E (a: int)\n', 2, 'E has no member "b"'),
    (HEAD + '#: later\nerror E (a: int)\n', 2, 'after "#:"'),
    (HEAD + '#: maybe a\nerror E (a: int)\n', 2, 'after "#:"'),
    (HEAD + '#: streams\nerror E (a: int)\n', 2, 'after "#:"'),
]


def run(mode, text, directory, outputs):
    source = directory / 'c.varlink'
    source.write_text(text, encoding='utf-8')
    paths = [directory / name for name in outputs]
    for path in paths:
        path.unlink(missing_ok=True)
    done = subprocess.run([sys.executable, sys.argv[1], mode, source, *paths], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    texts = [path.read_text(encoding='utf-8') if path.exists() else None for path in paths]
    return done.returncode, done.stderr, source, texts


def check(condition, *about):
    if not condition:
        sys.exit('\n'.join(str(part) for part in about))


def main():
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        code, said, _, (tables,) = run('tables', GOOD, directory, ['t.c'])
        check(code == 0 and said == '', code, said)
        for row in WANT:
            check(row in tables, tables, 'lacks ' + row)
        code, said, _, (methods,) = run('methods', GOOD, directory, ['m.inc'])
        check(code == 0 and 'METHOD(get_url_of)\nMETHOD(ping)\n' in methods, code, said, methods)
        for text, line, why in BROKEN:
            code, said, path, written = run('tables', text, directory, ['t.c'])
            check(code == 1 and said.startswith('%s:%d: ' % (path, line)) and why in said,
                  text, 'exit code %d' % code, said, 'instead of line %d: %s' % (line, why))
            check(written == [None], text, 'something was written')
        code, said, _, _ = run('tables', GOOD, directory, [])
        check(code == 1 and 'contract.py tables INPUT OUTPUT' in said, code, said)


if __name__ == '__main__':
    main()
