# C from src/formats/NAME.proto, by protoc-c: NAME.pb-c.c and NAME.pb-c.h in generated/formats/ of the build folder, included as
# "formats/NAME.pb-c.h". Each .proto says `package hone.NAME`, so that its symbols begin with hone__. It is the generator's code:
# our warnings do not apply to it.
find_program(HONE_PROTOC_C protoc-c REQUIRED)
set(hone_generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${hone_generated})
file(GLOB hone_protos CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/formats/*.proto)
foreach(proto ${hone_protos})
  get_filename_component(name ${proto} NAME_WE)
  set(made ${hone_generated}/formats/${name}.pb-c)
  add_custom_command(OUTPUT ${made}.c ${made}.h
    COMMAND ${HONE_PROTOC_C} --proto_path=${CMAKE_CURRENT_SOURCE_DIR}/src --c_out=${hone_generated} ${proto}
    DEPENDS ${proto} VERBATIM)
  set_source_files_properties(${made}.c PROPERTIES COMPILE_OPTIONS -w)
  list(APPEND hone_sources ${made}.c ${made}.h)
endforeach()
