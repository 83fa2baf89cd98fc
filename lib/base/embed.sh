# embed.sh OUTPUT HEADER NAME FILE…: files as C, in this order: the array NAME_files of HEADER.
set -eu
output=$1 header=$2 name=$3
shift 3
{
	echo "#include \"$header\""
	for file; do
		echo "static const char text_$(basename "$file" .ini | tr -c 'a-z0-9\n' _)[] = {"
		od -An -v -tx1 "$file" | sed "s/ \([0-9a-f][0-9a-f]\)/'\\\\x\1',/g"
		echo "0 };"
	done
	echo "const struct ls_embedded_file ${name}_files[] = {"
	for file; do
		text=text_$(basename "$file" .ini | tr -c 'a-z0-9\n' _)
		echo "{ \"$(basename "$file")\", $text, sizeof($text) - 1 },"
	done
	echo '};'
	echo "const size_t ${name}_n_files = LS_COUNT(${name}_files);"
} >"$output"
