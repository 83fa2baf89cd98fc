# embed.sh INPUT OUTPUT NAME: a text file as a C string.
set -eu
{
	echo "extern const char $3[];"
	echo "const char $3[] ="
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/	"&\\n"/' "$1"
	echo "	;"
} >"$2"
