# embed.sh OUTPUT FILE…: the shipped family files as C, in the order of reading.
set -eu
output=$1
shift
{
	echo '#include "lib/families/builtin.h"'
	for file; do
		echo "static const char text_$(basename "$file" .ini | tr -c 'a-z0-9\n' _)[] = {"
		od -An -v -tx1 "$file" | sed "s/ \([0-9a-f][0-9a-f]\)/'\\\\x\1',/g"
		echo "0 };"
	done
	echo 'const struct family_file family_files[] = {'
	for file; do
		name=$(basename "$file")
		text=text_$(basename "$file" .ini | tr -c 'a-z0-9\n' _)
		echo "{ \"$name\", $text, sizeof($text) - 1 },"
	done
	echo '};'
	echo 'const size_t family_n_files = LS_COUNT(family_files);'
} >"$output"
