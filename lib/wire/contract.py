#!/usr/bin/env python3
"""contract.py tables INPUT OUTPUT: a Varlink interface as tables in C (lib/wire/contract.h).
contract.py methods INPUT OUTPUT: its methods, METHOD(list_events) for "ListEvents", in the same order.

Reads the part of the Varlink language that linkstat's interfaces use: no enums, no structs without
a name, lists and maps of one level, no type that contains itself. Lines that begin with "#:" are
about the next type, method or error, see the head of linkstat.varlink. The first thing that it
cannot read is reported as FILE:LINE, with exit code 1."""
import re
import sys

TOKEN = re.compile(r'(?P<note>#:[^\n]*)|(?P<comment>#[^\n]*)|(?P<space>\s+)|(?P<arrow>->)'
                   r'|(?P<map>\[string\])|(?P<list>\[\])|(?P<word>[A-Za-z][A-Za-z0-9_.-]*)'
                   r'|(?P<mark>[(),:?])')
INTERFACE = re.compile(r'[a-z][a-z0-9]*(\.[a-z0-9]+)+')
TYPE_NAME = re.compile(r'[A-Z][A-Za-z0-9]*')
MEMBER_NAME = re.compile(r'[a-z]([a-z0-9_]*[a-z0-9])?')
TIME_NAME = re.compile(r'at|now|since|until|[a-z_]+_(at|since)')
KINDS = {'string': 'STRING', 'int': 'INT', 'float': 'FLOAT', 'bool': 'BOOL'}


class Unreadable(Exception):
    """What is wrong, and in which line."""


class Token:
    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line

    def __str__(self):
        return 'the end of the file' if self.kind == 'end' else '"%s"' % self.text


class Member:
    def __init__(self, name, line, optional, container, type_name):
        self.name, self.line, self.optional = name, line, optional
        self.container, self.type_name = container, type_name
        self.later = self.signed = False

    def kind(self):
        if self.type_name == 'string' and TIME_NAME.fullmatch(self.name):
            return 'TIME'
        if self.type_name == 'int' and self.signed:
            return 'SIGNED'
        if self.type_name == 'int' and self.name.startswith('bytes_'):
            return 'BYTES'
        return KINDS.get(self.type_name, 'OBJECT')


class Definition:
    def __init__(self, keyword, name, line):
        self.keyword, self.name, self.line = keyword, name, line
        self.members, self.replies = [], []
        self.streams = False


class Reader:
    """One pass over the text: self.definitions in the order of the file."""

    def __init__(self, text):
        self.tokens = list(tokens_of(text))
        self.at = 0
        self.notes = []
        self.interface = None
        self.definitions = []

    def next(self):
        token = self.tokens[self.at]
        if token.kind != 'end':
            self.at += 1
        return token

    def expect(self, text):
        token = self.next()
        if token.text != text:
            raise Unreadable(token.line, 'expected "%s" instead of %s' % (text, token))
        return token

    def take(self, text):
        if self.tokens[self.at].text != text:
            return False
        self.at += 1
        return True

    def name(self, what, pattern):
        token = self.next()
        if token.kind != 'word' or not pattern.fullmatch(token.text):
            raise Unreadable(token.line, 'expected the name of %s instead of %s' % (what, token))
        return token

    def read(self):
        self.expect('interface')
        self.interface = self.name('an interface', INTERFACE).text
        while True:
            token = self.next()
            if token.kind == 'note':
                self.notes.append(token)
            elif token.text in ('type', 'method', 'error'):
                self.definition(token)
            elif token.kind == 'end':
                break
            else:
                raise Unreadable(token.line,
                                 'expected "type", "method" or "error" instead of %s' % token)
        if self.notes:
            raise Unreadable(self.notes[0].line, 'nothing follows that this could be about')

    def definition(self, keyword):
        token = self.name('a ' + keyword.text, TYPE_NAME)
        new = Definition(keyword.text, token.text, token.line)
        for other in self.definitions:
            if other.name == new.name:
                raise Unreadable(new.line, '%s is defined in line %d already'
                                 % (new.name, other.line))
        new.members = self.members()
        if keyword.text == 'method':
            self.expect('->')
            new.replies = self.members()
        for note in self.notes:
            apply_note(note, new)
        self.notes = []
        self.definitions.append(new)

    def members(self):
        members = []
        self.expect('(')
        if self.take(')'):
            return members
        while True:
            member = self.member()
            for other in members:
                if other.name == member.name:
                    raise Unreadable(member.line, 'there are two members "%s"' % member.name)
            members.append(member)
            token = self.next()
            if token.text == ')':
                return members
            if token.text != ',':
                raise Unreadable(token.line, 'expected "," or ")" instead of %s' % token)

    def member(self):
        token = self.name('a member', MEMBER_NAME)
        self.expect(':')
        optional = self.take('?')
        container = 'LIST' if self.take('[]') else 'MAP' if self.take('[string]') else 'NONE'
        of = self.next()
        if of.kind != 'word':
            raise Unreadable(of.line, 'this type of "%s" is not supported: %s' % (token.text, of))
        if container != 'NONE' and of.text in ('float', 'bool'):
            raise Unreadable(of.line, 'lists and maps of %s are not supported' % of.text)
        return Member(token.text, token.line, optional, container, of.text)


def tokens_of(text):
    line = at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        line = text.count('\n', 0, at) + 1
        if not match:
            raise Unreadable(line, 'unexpected character "%s"' % text[at])
        if match.lastgroup not in ('space', 'comment'):
            yield Token(match.lastgroup, match.group(), line)
        at = match.end()
    yield Token('end', '', text.count('\n') + 1)


def apply_note(note, definition):
    keyword, *names = note.text[2:].split() or ['']
    if keyword == 'streams' and not names and definition.keyword == 'method':
        definition.streams = True
        return
    if keyword not in ('later', 'signed') or not names:
        raise Unreadable(note.line, 'expected "later NAME...", "signed NAME..." or, of a method, '
                         '"streams" after "#:"')
    known = definition.replies if definition.keyword == 'method' else definition.members
    for name in names:
        found = [member for member in known if member.name == name]
        if not found:
            raise Unreadable(note.line, '%s has no member "%s"' % (definition.name, name))
        setattr(found[0], keyword, True)


def check_types(definitions):
    """Sorts the types so that each follows those it is made of."""
    types = {d.name: d for d in definitions if d.keyword == 'type'}
    done, path, order = set(), [], []

    def visit(definition):
        path.append(definition.name)
        for member in definition.members + definition.replies:
            if member.type_name in KINDS or member.type_name in done:
                continue
            if member.type_name not in types:
                raise Unreadable(member.line, 'there is no type %s' % member.type_name)
            if member.type_name in path:
                raise Unreadable(member.line, '%s contains itself' % member.type_name)
            visit(types[member.type_name])
        path.pop()
        if definition.keyword == 'type':
            done.add(definition.name)
            order.append(definition)

    for definition in definitions:
        if definition.name not in done:
            visit(definition)
    used = {m.type_name for d in definitions for m in d.members + d.replies}
    for definition in order:
        if definition.name not in used:
            raise Unreadable(definition.line, 'nothing uses the type %s' % definition.name)
    return order


def snake(name):
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])', '_', name).lower()


def c_bool(value):
    return 'true' if value else 'false'


def member_row(member):
    of = '&type_%s' % snake(member.type_name) if member.kind() == 'OBJECT' else 'NULL'
    return '\t{ "%s", LS_CONTRACT_%s, LS_CONTRACT_%s, %s, %s, %s },\n' % (
        member.name, member.kind(), member.container, c_bool(member.optional),
        c_bool(member.later), of)


def type_table(symbol, name, members):
    """A struct ls_contract_type and the members that it points to."""
    rows = ''
    if members:
        rows = 'static const struct ls_contract_member %s_members[] = {\n%s};\n' % (
            symbol, ''.join(member_row(member) for member in members))
    pointer = symbol + '_members' if members else 'NULL'
    return '%sstatic const struct ls_contract_type %s = { "%s", %s, %d };\n\n' % (
        rows, symbol, name, pointer, len(members))


def description_text(text):
    """By character: a string of this length is more than ISO C asks of compilers."""
    characters = ["'\\x%02x'" % byte for byte in text.encode()] + ['0']
    lines = [', '.join(characters[i:i + 12]) for i in range(0, len(characters), 12)]
    return 'static const char description[] = {\n\t%s,\n};\n\n' % ',\n\t'.join(lines)


def write_tables(reader, text, path):
    methods = [d for d in reader.definitions if d.keyword == 'method']
    errors = [d for d in reader.definitions if d.keyword == 'error']
    out = '#include "lib/wire/contract.h"\n\n' + description_text(text)
    for definition in check_types(reader.definitions):
        out += type_table('type_' + snake(definition.name), definition.name, definition.members)
    for method in methods:
        out += type_table('call_' + snake(method.name), method.name + ' call', method.members)
        out += type_table('reply_' + snake(method.name), method.name + ' reply', method.replies)
    for error in errors:
        out += type_table('error_' + snake(error.name), error.name, error.members)
    out += 'static const struct ls_contract_method methods[] = {\n'
    for method in methods:
        out += '\t{ "%s", %s, &call_%s, &reply_%s },\n' % (
            method.name, c_bool(method.streams), snake(method.name), snake(method.name))
    out += '};\n\nstatic const struct ls_contract_type *const errors[] = {\n'
    out += ''.join('\t&error_%s,\n' % snake(error.name) for error in errors)
    out += '};\n\nconst struct ls_contract ls_contract_%s = {\n' % reader.interface.replace('.', '_')
    out += '\t"%s", description, methods, LS_COUNT(methods), errors, LS_COUNT(errors),\n};\n' % (
        reader.interface)
    write(path, out)


def write_methods(reader, _, path):
    check_types(reader.definitions)
    write(path, '/* The methods of %s. */\n' % reader.interface
          + ''.join('METHOD(%s)\n' % snake(definition.name) for definition in reader.definitions
                    if definition.keyword == 'method'))


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def main(arguments):
    writers = {'tables': write_tables, 'methods': write_methods}
    if len(arguments) != 3 or arguments[0] not in writers:
        sys.exit(__doc__)
    mode, path, output = arguments
    with open(path, encoding='utf-8') as file:
        text = file.read()
    try:
        reader = Reader(text)
        reader.read()
        writers[mode](reader, text, output)
    except Unreadable as error:
        sys.exit('%s:%d: %s' % (path, *error.args))


if __name__ == '__main__':
    main(sys.argv[1:])
