# What `cmake --install` puts in place beside the program: libraries, headers, and what finds them.
include(CMakePackageConfigHelpers)

install(TARGETS quarry_static quarry_shared EXPORT quarry)
install(CODE "execute_process(COMMAND ${CMAKE_COMMAND}
  -D LIBRARY=\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libquarry.a
  -D LINKER=${CMAKE_LINKER} -D OBJCOPY=${CMAKE_OBJCOPY} -D AR=${CMAKE_AR}
  -P ${PROJECT_SOURCE_DIR}/install/hide.cmake COMMAND_ERROR_IS_FATAL ANY)")
foreach(room IN LISTS rooms)
  install(FILES ${room}/${room}.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/quarry/${room})
endforeach()
install(FILES qasm/gates.def DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/quarry/qasm) # a part of qasm.h

# find_package(quarry), then link quarry::shared or quarry::static
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/quarry)
install(EXPORT quarry NAMESPACE quarry:: DESTINATION ${package} FILE quarryTargets.cmake)
configure_package_config_file(install/quarryConfig.cmake.in ${PROJECT_BINARY_DIR}/quarryConfig.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/quarryConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/quarryConfig.cmake ${PROJECT_BINARY_DIR}/quarryConfigVersion.cmake
  DESTINATION ${package})

# pkg-config quarry; the prefix is found from where the file lies, so that the tree may be moved
file(RELATIVE_PATH from_pkgconfig /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" from_pkgconfig ${from_pkgconfig})
configure_file(install/quarry.pc.in ${PROJECT_BINARY_DIR}/quarry.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/quarry.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
