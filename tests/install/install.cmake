# Run by CTest, see CMakeLists.txt. A library with sanitizers in it needs them in the program as well.
set(prefix ${WORK}/prefix)
set(flags "")
if(SANITIZE)
  set(flags -fsanitize=address,undefined)
endif()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_answer answer program)
  run(${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${libraries} ASAN_OPTIONS=verify_asan_link_order=0 ${program} ${ARGN})
  if(NOT output STREQUAL answer)
    message(FATAL_ERROR "${program} says: ${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${prefix} ${WORK}/consumer)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
file(GLOB_RECURSE package ${prefix}/*/quarryConfig.cmake)
file(GLOB_RECURSE pc ${prefix}/*/quarry.pc)
cmake_path(GET pc PARENT_PATH pkgconfig)
cmake_path(GET pkgconfig PARENT_PATH libraries)
foreach(file bin/quarry share/man/man1/quarry.1 share/man/man1/quarry-compile.1
        share/bash-completion/completions/quarry include/quarry/compiler/compiler.h)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "${file} was not installed")
  endif()
endforeach()

run(${prefix}/bin/quarry --version)
if(NOT output STREQUAL "quarry ${VERSION}\n")
  message(FATAL_ERROR "the program is ${output}, the project ${VERSION}")
endif()

# Both libraries show public names, and no others.
function(expect_public)
  run(nm --defined-only ${ARGN})
  string(REGEX MATCHALL "[0-9a-f]+ [A-Z] [^\n]+" names "${output}")
  list(FILTER names EXCLUDE REGEX " qry_")
  if(names OR NOT output MATCHES " qry_ctx_new")
    message(FATAL_ERROR "nm ${ARGN} shows other names: ${names}")
  endif()
endfunction()
expect_public(-D ${libraries}/libquarry.so)
expect_public(-g ${libraries}/libquarry.a)

run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE}/consumer -B ${WORK}/consumer -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_C_COMPILER=${CC}
    -DQUARRY_VERSION=${VERSION} -DCMAKE_C_FLAGS=${flags})
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
expect_answer("2 found of 2\n" ${WORK}/consumer/static)
expect_answer("2 found of 2\n" ${WORK}/consumer/shared)

set(ENV{PKG_CONFIG_PATH} ${pkgconfig})
run(sh -c "${CC} ${flags} ${SOURCE}/program.c $(pkg-config --cflags --libs quarry) -o ${WORK}/by-pkg-config")
expect_answer("2 found of 2\n" ${WORK}/by-pkg-config)
run(pkg-config --modversion quarry)
if(NOT output STREQUAL "${VERSION}\n")
  message(FATAL_ERROR "pkg-config says ${output}")
endif()

# The example in C, as its head says.
run(sh -c "${CC} ${flags} ${EXAMPLE} $(pkg-config --cflags --libs quarry) -o ${WORK}/search")
file(REMOVE ${WORK}/search.qasm)
expect_answer("at least 140: 8 9 10 11 12 30 31 32 33 47 48 49 50 58 59 60 61 62 63 64 77 90 97 98 99
at least 180: 11 12 32 33 49 50 61 62 63 64
at least 220: 64
216 oracle calls in 65 shots; a scan would have looked at 300 rows
" ${WORK}/search ${WORK}/search.qasm)
file(READ ${WORK}/search.qasm first LIMIT 100)
if(NOT first MATCHES "^OPENQASM 3.0")
  message(FATAL_ERROR "the example wrote: ${first}")
endif()
