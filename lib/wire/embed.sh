# embed.sh INPUT OUTPUT NAME: a text file as a C string.
set -eu
{
	echo "extern const char $3[];"
	echo "const char $3[] = {"
	od -An -v -tx1 "$1" | sed "s/ \([0-9a-f][0-9a-f]\)/'\\\\x\1',/g"
	echo 0
	echo "};"
} >"$2"
