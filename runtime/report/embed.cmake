# embed.cmake: cmake -DFILES="a;b" -DOUTPUT=files.c -P embed.cmake: writes files as arrays of a C file, for report.h. Names
# are those of the files without their folders.
set(arrays "")
set(table "")
set(number 0)
foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME name)
  file(READ "${file}" hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char file_${number}[] = {${bytes}0};\n")
  string(APPEND table "    {\"${name}\", file_${number}, ${size}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "/* Written by embed.cmake. */\n#include \"runtime/report/report.h\"\n\n${arrays}\n"
  "const qry_report_file qry_report_files[] = {\n${table}    {NULL, NULL, 0}};\n")
