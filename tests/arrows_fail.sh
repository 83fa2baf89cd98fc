#!/bin/bash
# Can arrows.sh fail? It must, for an include against its table, for a circle, and for what else it
# forbids, in a small tree made for this; and it must be content with that tree as it is.
set -euo pipefail
arrows=$(dirname "$(readlink -f "$0")")/arrows.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
n_failed=0

mkdir -p "$tree"/{lib/{base,engine},daemon/store,cli/print,tests}

sound_tree() {
	echo '#pragma once' | tee "$tree/lib/base/text.h" "$tree/lib/base/port.h" >"$tree/cli/print/words.h"
	printf '#pragma once\n#include "lib/base/text.h"\n' >"$tree/lib/engine/engine.h"
	printf '#include "lib/engine/engine.h"\n#include "lib/base/text.h"\n' >"$tree/lib/engine/engine.c"
	printf '#include "lib/engine/engine.h"\n' >"$tree/daemon/store/store.c"
	printf '#include "cli/print/words.h"\n' >"$tree/cli/main.c"
}

# expect CODE SENTENCE [PATTERN]: arrows.sh ends so over the tree, and says this.
expect() {
	local code=0 said
	said=$(sh "$arrows" --tree "$tree" "${compiler[@]}" 2>&1) || code=$?
	if [[ $code != "$1" || $said != *"${3-}"* ]]; then
		echo "FAILED  $2: exit code $code, and it said: $said"
		n_failed=$((n_failed + 1))
	else
		echo "ok      $2"
	fi
	sound_tree
}

compiler=("$@")
sound_tree
expect 0 'a sound tree passes'
echo '#include "lib/engine/engine.h"' >>"$tree/lib/base/port.h"
expect 1 'an include from the ground up is refused' 'lib/base may not include lib/engine'
echo '#include "lib/engine/engine.h"' >>"$tree/lib/base/text.h"
expect 1 'a circle of two folders is refused' 'in a circle'
echo '#include "lib/base/port.h"' >>"$tree/lib/base/text.h"
echo '#include "lib/base/text.h"' >>"$tree/lib/base/port.h"
expect 1 'a circle inside a folder is refused' 'lib/base/port'
echo '#include "cli/print/words.h"' >>"$tree/daemon/store/store.c"
expect 1 'the daemon does not include the client' 'daemon/store may not include cli/print'
mkdir "$tree/lib/attic"
echo '#include "lib/base/text.h"' >"$tree/lib/attic/old.c"
expect 1 'a folder that the table does not know is refused' 'in no folder of the table'
rm -r "$tree/lib/attic"
echo '#include <sqlite3.h>' >>"$tree/cli/main.c"
expect 1 'a foreign header has its owner' 'which belongs to'
echo '#include <time.h>' >>"$tree/lib/engine/engine.c"
expect 1 'the engine does not read a clock' 'which belongs to'
echo 'size_t n_ports;' >>"$tree/cli/print/words.h"
expect 1 'a header that does not compile alone is refused' 'does not compile alone'
[[ $n_failed -eq 0 ]]
