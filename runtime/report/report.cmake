# report.cmake: the files of the page, built into the program; included by runtime/cli/. report_source is the C file that has
# them. D3 draws the plots; without it everything else is built, and --report says what is missing.
set(report_folder ${CMAKE_CURRENT_LIST_DIR})
find_file(QUARRY_D3 d3.min.js PATHS /usr/share/nodejs/d3/dist NO_DEFAULT_PATH DOC "d3.min.js of D3 5, for --report")
set(report_files page.html page.css numbers.js plot.js rows.js queries.js flame.js tree.js bill.js page.js)
list(TRANSFORM report_files PREPEND ${report_folder}/)
list(APPEND report_files ${report_folder}/d3.licence)
set(report_source ${CMAKE_CURRENT_BINARY_DIR}/report_files.c)
if(QUARRY_D3)
  list(APPEND report_files ${QUARRY_D3})
else()
  message(STATUS "D3 5 is not installed (Debian's node-d3): quarry attend --report will not work")
endif()
add_custom_command(OUTPUT ${report_source}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${report_files}" -DOUTPUT=${report_source}
    -P ${report_folder}/embed.cmake
  DEPENDS ${report_files} ${report_folder}/embed.cmake
  COMMENT "Building the files of the report in" VERBATIM)
