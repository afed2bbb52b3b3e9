# What `make install` puts where: headers, libhone.so and libhone.a with pkg-config and CMake files, and for the command its
# manual pages, completions and examples. The pages and completions are printed by the command itself, from its tables.
include(CMakePackageConfigHelpers)

set(hone_cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/hone)
# What libhone.a links, each by its own flags: what those libraries need in turn they bring as shared libraries.
if(hone_have_onednn)
  list(APPEND hone_link_flags -ldnnl)
endif()
list(APPEND hone_link_flags -lm -pthread)
list(REMOVE_DUPLICATES hone_link_flags)
string(REPLACE ";" " " hone_private_libraries "${hone_link_flags}")
string(REPLACE ";" " " hone_private_modules "${hone_modules}")
# The files of pkg-config name everything from where they lie, so that an installation may be moved, and `cmake --install --prefix` holds.
file(RELATIVE_PATH hone_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
set(hone_prefix "\${pcfiledir}/${hone_prefix}")
string(REGEX REPLACE "/$" "" hone_prefix "${hone_prefix}")
foreach(kind LIBDIR INCLUDEDIR)
  set(hone_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
    set(hone_${kind} "${CMAKE_INSTALL_${kind}}")
    set(hone_prefix "${CMAKE_INSTALL_PREFIX}")
  endif()
endforeach()
configure_file(cmake/hone.pc.in hone.pc @ONLY)
configure_file(cmake/hone-static.pc.in hone-static.pc @ONLY)
configure_package_config_file(cmake/hone-config.cmake.in hone-config.cmake INSTALL_DESTINATION ${hone_cmake_folder})
write_basic_package_version_file(hone-config-version.cmake COMPATIBILITY SameMinorVersion)

install(DIRECTORY include/hone DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
add_custom_target(hone_installed) # what `make install` builds
foreach(kind static shared)
  if(TARGET hone_${kind})
    add_dependencies(hone_installed hone_${kind})
    install(TARGETS hone_${kind} EXPORT hone-${kind})
    install(EXPORT hone-${kind} NAMESPACE hone:: DESTINATION ${hone_cmake_folder})
  endif()
endforeach()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hone-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/hone-config-version.cmake
  DESTINATION ${hone_cmake_folder})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hone.pc ${CMAKE_CURRENT_BINARY_DIR}/hone-static.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(NOT TARGET hone_command)
  return()
endif()

install(TARGETS hone_command)
add_dependencies(hone_installed hone_command)
foreach(kind ${hone_mpi_kinds})
  add_dependencies(hone_installed hone_mpi_${kind})
endforeach()
# Pages, pictures and examples, without links to what is not installed.
set(documents ${CMAKE_CURRENT_BINARY_DIR}/documents)
file(GLOB_RECURSE hone_documents CONFIGURE_DEPENDS docs/*.md examples/*)
file(GLOB hone_pages_at_the_top CONFIGURE_DEPENDS *.md)
add_custom_command(OUTPUT ${documents}/.made
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/cmake/documents.sh ${CMAKE_CURRENT_SOURCE_DIR} ${documents}
  DEPENDS ${hone_documents} ${hone_pages_at_the_top} cmake/documents.sh COMMENT "Pages and examples to install" VERBATIM)
add_custom_target(hone_documents ALL DEPENDS ${documents}/.made)
add_dependencies(hone_installed hone_documents)
install(DIRECTORY ${documents}/ DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN .made EXCLUDE)

# cmake/pages.sh has the command print them. Cross builds without CMAKE_CROSSCOMPILING_EMULATOR skip them.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  return()
endif()
set(pages ${CMAKE_CURRENT_BINARY_DIR}/pages)
add_custom_command(OUTPUT ${pages}/made
  COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/cmake/pages.sh ${pages} $<TARGET_FILE:hone_command>
  DEPENDS hone_command cmake/pages.sh COMMENT "Manual pages and completions" VERBATIM)
add_custom_target(hone_pages ALL DEPENDS ${pages}/made)
add_dependencies(hone_installed hone_pages)
install(DIRECTORY ${pages}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${pages}/completions/hone.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME hone)
install(FILES ${pages}/completions/_hone DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${pages}/completions/hone.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
